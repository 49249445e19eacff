"""The stable codes of records and what they mean, for docs/reference.md. `http_NNN` stands for any status."""

from __future__ import annotations

#: `warnings` of speeches and outlines.
WARNINGS = {
    "conflicting_copies": "copies behind a merged text have different numbers in the same place",
    "count_off": "the text is more than 15 % longer or shorter than the site says it is",
    "count_differs": "the text is more than 1 % longer or shorter than the site says it is",
    "damaged_gloss": "readings between characters were damaged, and not all of them could be undone",
    "generic_extraction": "the site's own selectors found nothing; the generic extraction read the page",
    "lost_characters": "characters of the text are lost where the page shows masks",
    "masked": "names, numbers or words are masked on the page",
    "more_pages": "the first page of several: the text goes on on pages that are not read",
    "numbering_jumps": "a number is skipped where no gap lies: a misprint, or a gap that nobody noticed",
    "text_in_attachment": "the page shows little text and offers a file that may hold the rest",
    "toc_contradicted": "the site's contents block does not fit the text",
}

#: `error` of failures: pages that are recognised as no documents.
RECOGNISED = {
    "captcha": "the site asks for a captcha",
    "download_form": "a form to download something, and no text",
    "font_garbage": "the page's own font gives its characters other meanings",
    "list_page": "a list of documents",
    "login_wall": "the site wants a log-in",
    "novel_chapter": "a chapter of a novel",
    "soft_404": "the page says that there is nothing here",
    "too_short": "fewer than 20 characters",
}

#: `error` of failures: something was there and is lost.
LOSSES = {
    "bad_record": "a line or an archive record that is not what it should be",
    "broken_file": "an attachment that does not open",
    "empty": "nothing in it",
    "encrypted": "an attachment behind a password",
    "id_taken": "another input of the run has the same id and another text",
    "no_text_layer": "a PDF of pictures",
    "not_text": "a file that is no text",
    "rule_error": "a stage of this program raised: please report it",
    "too_large": "over 32 MiB, over the memory that one page may use, or no text to outline or cut: over 4,000,000 characters or 100,000 lines",
    "too_slow": "over the CPU time that one page may use",
    "undecodable": "no encoding fits",
}

#: `error` of failures: the page did not come.
FETCH_ERRORS = {
    "connection": "the connection broke or was refused",
    "dns": "the name has no address",
    "redirect": "redirects in a circle, too many, or to nowhere",
    "refused_address": "a private, loopback or link-local address",
    "robots": "robots.txt forbids it, or could not be read",
    "timeout": "no answer in time",
    "tls": "the certificate is not good",
    "http_NNN": "the status of the answer",
}

#: `relation` of links.
RELATIONS = {
    "other_part": "another part of the same document",
    "spun": "the same text with many words replaced",
}

#: `stage` of failures.
STAGES = {
    "fetch": "asking for the page",
    "read": "from bytes to the document's text",
    "clean": "taking the site's noise out",
    "deduplicate": "comparing with what is known, in a crawl",
    "dedup": "`scrapy dedup`",
    "outline": "`scrapy outline`",
    "chunks": "`scrapy chunks`",
}
