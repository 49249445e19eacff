"""The rules in the order in which they run, each with the reason for its place."""

from __future__ import annotations

from pipelines.cleaning.rule import Rule
from pipelines.cleaning.rules.blank_space import blank_space
from pipelines.cleaning.rules.broken_line import broken_line
from pipelines.cleaning.rules.contents_block import contents_block
from pipelines.cleaning.rules.copy_noise import copy_noise
from pipelines.cleaning.rules.counted_splice import counted_splice
from pipelines.cleaning.rules.inline_advertisement import inline_advertisement
from pipelines.cleaning.rules.lead_in import lead_in
from pipelines.cleaning.rules.leaked_markup import leaked_markup
from pipelines.cleaning.rules.line_ends import line_ends
from pipelines.cleaning.rules.lost_indent import lost_indent
from pipelines.cleaning.rules.masks import masks
from pipelines.cleaning.rules.omission import omission
from pipelines.cleaning.rules.one_line import one_line
from pipelines.cleaning.rules.page_counter import page_counter
from pipelines.cleaning.rules.page_head import page_head
from pipelines.cleaning.rules.page_limit import page_limit
from pipelines.cleaning.rules.page_tail import page_tail
from pipelines.cleaning.rules.pinyin_gloss import pinyin_gloss
from pipelines.cleaning.rules.preview_end import preview_end
from pipelines.cleaning.rules.running_head import running_head
from pipelines.cleaning.rules.silent_cut import silent_cut
from pipelines.cleaning.rules.simplified_script import simplified_script
from pipelines.cleaning.rules.site_stamp import site_stamp
from pipelines.cleaning.rules.title_line import title_line

#: Raised with every change of what the rules do to any text.
RULESET = "3"

RULES: tuple[Rule, ...] = (
    running_head,  # before line_ends: pages end in form feeds
    line_ends,  # every other rule reads lines
    leaked_markup,  # entities and tags hide the words that others look for
    pinyin_gloss,  # before script: 乾(qián)隆 converts wrongly
    simplified_script,  # all that follows is written for Simplified text
    page_head,  # what stands around the document goes before the document is read
    page_tail,  # a notice of the end stands last once this is gone
    copy_noise,  # its signs hide the edges of lines from all that follows
    counted_splice,  # its lengths count the text between the frame and the tail; before anything joins lines
    page_limit,  # beside omission: both read the same notices
    omission,  # before preview_end, whose length is what the omissions leave
    preview_end,  # after omission, whose lengths it counts against
    one_line,  # what follows reads lines: contents, lead-in, title
    lost_indent,  # after one_line, to which an indent shows a paragraph
    contents_block,  # its closing dots are no notice; the title stands below it
    lead_in,  # below the contents, above the title or the text
    title_line,  # the notices and the frame have told the title by now
    inline_advertisement,  # after the notices: they offer and advertise in the same words
    page_counter,  # before broken_line, which closes the sentence around it
    site_stamp,  # the last of the notices: hosts are evidence for the rules above
    broken_line,  # what stood between two halves of a sentence is gone, and indents still show paragraphs
    masks,  # only what is left is content
    silent_cut,  # only what every other rule has left can break off silently
    blank_space,  # last: what other rules leave at line ends and between lines
)

#: What a title that extraction found goes through.
TITLE_RULES: tuple[Rule, ...] = (
    line_ends,
    leaked_markup,
    pinyin_gloss,
    simplified_script,
    blank_space,
)
