"""The frontier: which pages of a site are known, when each is due, and the result of its last visit.

A page is due where `due` has come and no commit of this run has settled it; asking it changes nothing, only its
result does. So a kill leaves it due.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from crawler.found import Found, Kind
from pipelines.dedup.sqlite.write_behind import WriteBehind

DAY = 86_400
#: A document is looked at again after a week; each time it is unchanged the wait doubles, up to a quarter of a year.
FIRST_WAIT, LONGEST_WAIT = 7 * DAY, 91 * DAY
#: A page that was no document, or was not there, may become one.
WAIT_AFTER_FAILURE = 30 * DAY
#: A page gone once may be an accident; gone still a day later it is gone.
GONE_AFTER = DAY

#: Outcomes of a document page that a record stands for, the strongest first.
KNOWN = ("stored", "duplicate", "unchanged")

#: In SQL, the outcomes of pages that were well.
_GOOD = ", ".join(map(repr, (*KNOWN, "listed", "bare")))

#: In SQL, whether a page's last visit failed.
_FAILED = f"(missing IS NOT NULL OR (outcome IS NOT NULL AND outcome NOT IN ({_GOOD})))"

_NUMBER = re.compile(r"\d{1,20}")
_COLUMNS = "id, url, kind, depth, outcome, asked, interval, etag, modified, missing"


class Entry(NamedTuple):
    """A page that is due. `asked`, `missing` are seconds since 1970, `interval` is in seconds."""

    id: int
    url: str
    kind: Kind
    depth: int
    outcome: str | None
    asked: int | None
    interval: int | None
    etag: str | None
    modified: str | None
    missing: int | None

    @property
    def known(self) -> bool:
        """Whether a record stands for this page already."""
        return self.outcome in KNOWN


def robots_entry(url: str) -> Entry:
    """robots.txt is asked by the middleware that obeys it, never drawn from the frontier; its archive needs a name."""
    return Entry(0, url, "robots", 0, None, None, None, None, None, None)


class PageState(NamedTuple):
    """A page as the frontier has it, for people. `due`, `asked`, `missing` are seconds since 1970 (`due` 0: at once)."""

    url: str
    kind: Kind
    due: int
    asked: int | None
    outcome: str | None
    missing: int | None


class Frontier:
    """The pages of all sites."""

    def __init__(self, db: sqlite3.Connection, write_behind: WriteBehind) -> None:
        self._db = db
        self._write_behind = write_behind

    def discover(self, site: str, found: Iterable[Found]) -> list[bool]:
        """Note pages. Says of each whether it was unknown; a known one keeps what is known of it."""
        new = []

        for f in found:
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO pages (site, url, kind, depth, rank, due, published) VALUES (?, ?, ?, ?, ?, 0, ?)",
                (site, f.url, f.kind, f.depth, 0 if f.kind == "document" else 1, f.published),
            )

            new.append(cursor.rowcount == 1)
            if f.published and not new[-1]:
                self._write_behind.flush()
                self._db.execute(
                    "UPDATE pages SET published = ? WHERE site = ? AND url = ?",
                    (f.published, site, f.url),
                )

        return new

    def ask_again(self, site: str, urls: Iterable[str], run: int) -> None:
        """Make known pages due at once, but for candidates that turned out to be no lists and what this run has settled."""
        self._write_behind.flush()

        self._db.executemany(
            "UPDATE pages SET due = 0 WHERE site = ? AND url = ? AND outcome IS NOT 'bare' AND run <> ?",
            [(site, u, run) for u in urls],
        )

    def ask_all_again(self, site: str, *, failed: bool) -> int:
        """Make the known pages of a site due at once, or those whose last visit `failed`; says how many."""
        self._write_behind.flush()
        which = f"AND {_FAILED}" if failed else ""

        return self._db.execute(
            f"UPDATE pages SET due = 0 WHERE site = ? AND outcome IS NOT NULL {which}", (site,)
        ).rowcount

    def stay_due(self, pages: Iterable[int]) -> None:
        """Make pages due for the next run, whatever their visit in this one brought."""
        self._write_behind.flush()
        self._db.executemany("UPDATE pages SET due = 0 WHERE id = ?", [(page,) for page in pages])

    def last(self) -> int:
        """The page that was noted last, of any site; later ones have higher ids."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM pages").fetchone()[0])

    def noted_after(self, page: int, site: str, urls: Iterable[str]) -> list[bool]:
        """Of each, whether it was noted after that page."""
        query = "SELECT 1 FROM pages WHERE site = ? AND url = ? AND id > ?"

        return [self._db.execute(query, (site, u, page)).fetchone() is not None for u in urls]

    def unread_lists(self, site: str) -> frozenset[str] | None:
        """The addresses, with 0 for each number, of lists that are still to be asked since a run was cut short or could
        not fetch them; not of lists that the site will not show. `None` where no list was ever read: the state is new, or
        made anew."""
        self._write_behind.flush()
        lists = "SELECT url FROM pages WHERE site = ? AND kind = 'list'"
        wanted = f"AND due = 0 AND depth > 0 AND coalesce(outcome, '') NOT IN ({', '.join(map(repr, _WITHHELD))})"

        if not self._db.execute(f"{lists} AND outcome IS NOT NULL LIMIT 1", (site,)).fetchone():
            return None

        return frozenset(
            [numberless(url) for (url,) in self._db.execute(f"{lists} {wanted}", (site,))]
        )

    def entries(self, site: str, urls: Iterable[str]) -> list[Entry]:
        """Known pages by their URLs, whatever their age, in the order given."""
        self._write_behind.flush()

        rows = [
            self._db.execute(
                f"SELECT {_COLUMNS} FROM pages WHERE site = ? AND url = ?", (site, u)
            ).fetchone()
            for u in urls
        ]
        return [Entry(*row) for row in rows if row]

    def is_due(self, page: int, now: int, run: int) -> bool:
        """Whether a page may be asked now."""
        self._write_behind.flush()

        found = self._db.execute(
            "SELECT due <= ? AND run <> ? FROM pages WHERE id = ?", (now, run, page)
        ).fetchone()
        return bool(found and found[0])

    def due(
        self,
        site: str,
        *,
        run: int,
        now: int,
        want: int,
        but: Collection[int] = (),
        since: str | None = None,
    ) -> list[Entry]:
        """At most `want` pages to ask now: documents never asked before lists before documents to look at again.

        `but` are the ids of pages that were handed out and are not settled yet. `since` leaves out documents that are
        known to be older.
        """
        self._write_behind.flush()
        got: list[Entry] = []

        for rank in (0, 1, 2):
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM pages WHERE site = ? AND rank = ? AND due <= ? AND run <> ? "
                "AND (published IS NULL OR ? IS NULL OR published >= ?) ORDER BY due, id LIMIT ?",
                (site, rank, now, run, since, since, want - len(got) + len(but)),
            )

            got.extend([e for e in map(Entry._make, rows) if e.id not in but])
            if len(got) >= want:
                return got[:want]

        return got

    def settle(
        self,
        entry: Entry,
        *,
        run: int,
        now: int,
        outcome: str,
        etag: str | None = None,
        modified: str | None = None,
        published: str | None = None,
    ) -> bool:
        """Note the result of a page, and when it is due again. Says whether the page is now known to be gone."""
        turn = _next_turn(entry, outcome, now)

        if entry.known and outcome not in KNOWN:  # its record stays
            outcome, etag, modified = str(entry.outcome), entry.etag, entry.modified

        self._write_behind.put(
            "UPDATE pages SET rank = CASE WHEN kind = 'document' AND ? THEN 2 WHEN kind = 'document' THEN 0 ELSE 1 END, "
            "due = ?, run = ?, outcome = ?, asked = ?, interval = ?, etag = ?, modified = ?, missing = ?, "
            "published = coalesce(?, published) WHERE id = ?",
            (
                turn.due > 0,
                turn.due,
                run,
                outcome,
                now,
                turn.interval,
                etag,
                modified,
                turn.missing,
                published,
                entry.id,
            ),
        )
        return turn.gone

    def seen(self, site: str, url: str, run: int, now: int) -> None:
        """Note a document page as stored that was asked at another time."""
        self.discover(site, [Found(url, "document")])
        (entry,) = self.entries(site, [url])
        self.settle(entry, run=run, now=now, outcome="stored")

    def documents(self) -> Iterator[tuple[str, Found]]:
        """All document pages, with their sites, in the order of discovery."""
        self._write_behind.flush()

        rows = self._db.execute(
            "SELECT site, url, published FROM pages WHERE kind = 'document' ORDER BY id"
        )

        for site, url, published in rows:
            yield site, Found(url, "document", published=published)

    def listing(self, site: str, *, failed: bool, limit: int) -> list[PageState]:
        """The pages of a site that are due first, or those whose last visit `failed`."""
        self._write_behind.flush()
        which = f"AND {_FAILED}" if failed else ""

        rows = self._db.execute(
            f"SELECT {', '.join(PageState._fields)} FROM pages WHERE site = ? {which} ORDER BY due, rank, id LIMIT ?",
            (site, limit),
        )
        return [PageState._make(row) for row in rows]

    def tally(self, site: str, now: int) -> dict[str, int]:
        """Pages of a site by what they are: `documents`, `lists`, `never_asked`, `failed`, `due`, `due_in_a_week`."""
        self._write_behind.flush()

        row = self._db.execute(
            "SELECT total(kind = 'document'), total(kind <> 'document'), total(kind = 'document' AND asked IS NULL), "
            f"total({_FAILED}), total(due <= ?), total(due > ? AND due <= ?) FROM pages WHERE site = ?",
            (now, now, now + 7 * DAY, site),
        ).fetchone()

        names = ("documents", "lists", "never_asked", "failed", "due", "due_in_a_week")
        return dict(zip(names, map(int, row), strict=True))

    def mend_clock(self, site: str, now: int) -> None:
        """Pages due later than any wait allows were settled under a wrong clock: due now."""
        self._write_behind.flush()

        self._db.execute(
            "UPDATE pages SET due = ? WHERE site = ? AND due > ?",
            (now, site, now + LONGEST_WAIT + DAY),
        )

    def forget_run(self, run: int) -> None:
        """Make the pages that a run settled unseen again."""
        self._write_behind.flush()

        self._db.execute(
            "UPDATE pages SET due = 0, run = 0, outcome = NULL, interval = NULL, etag = NULL, modified = NULL, "
            "rank = CASE kind WHEN 'document' THEN 0 ELSE 1 END WHERE run = ?",
            (run,),
        )

    def count_known(self, site: str) -> int:
        """Document pages of a site that a record stands for."""
        self._write_behind.flush()

        return int(
            self._db.execute(
                "SELECT count(*) FROM pages WHERE site = ? AND kind = 'document' "
                "AND outcome IN ('stored', 'duplicate', 'unchanged')",
                (site,),
            ).fetchone()[0]
        )


class _Turn(NamedTuple):
    """When a page is due again: `due`, `missing` in seconds since 1970, `interval` in seconds."""

    due: int
    interval: int | None
    missing: int | None = None
    gone: bool = False


def _next_turn(entry: Entry, outcome: str, now: int) -> _Turn:
    if entry.kind != "document":
        return _Turn(_next_list_turn(outcome, now), entry.interval)

    if outcome in KNOWN:
        interval = _next_interval(entry, outcome)
        return _Turn(now + interval, interval)

    if outcome in ("http_404", "http_410"):
        return _missing_turn(entry, now)
    if outcome.startswith(_PASSING):
        return _Turn(0, entry.interval)  # the next run asks again, whatever its clock says

    if outcome in _WALLS:
        interval = _next_wall_interval(entry)
        return _Turn(now + interval, interval)

    return _Turn(now + WAIT_AFTER_FAILURE, entry.interval)


def _next_interval(entry: Entry, outcome: str) -> int:
    """A page that changes nothing is asked more and more rarely."""
    was_duplicate = entry.outcome == "duplicate"
    changed = outcome == "stored" or (outcome == "duplicate" and not was_duplicate)

    if changed:
        return FIRST_WAIT

    return min(2 * (entry.interval or FIRST_WAIT // 2), LONGEST_WAIT)


def _missing_turn(entry: Entry, now: int) -> _Turn:
    missing = min(entry.missing or now, now)
    gone = entry.missing is not None and now - missing >= GONE_AFTER
    wait = GONE_AFTER if entry.known and not gone else WAIT_AFTER_FAILURE

    return _Turn(now + wait, entry.interval, missing, gone)


def _next_wall_interval(entry: Entry) -> int:
    if entry.outcome not in _WALLS or not entry.interval:
        return DAY

    return min(2 * entry.interval, WAIT_AFTER_FAILURE)


def _next_list_turn(outcome: str, now: int) -> int:
    if outcome.startswith(_PASSING):
        return 0

    return now + (WAIT_AFTER_FAILURE if outcome == "bare" else FIRST_WAIT)


def numberless(url: str) -> str:
    """What the pages of one list have in common.

    >>> numberless("https://a.example/list/7_12.html")
    'https://a.example/list/0_0.html'
    """
    return _NUMBER.sub("0", url)


#: What a site answers where it does not want to show a page: tomorrow it will say the same.
_WITHHELD = (
    "http_401",
    "http_403",
    "http_451",
    "robots",
    "refused_address",
    "login_wall",
    "captcha",
    "redirect",
)
#: A wall may stand for a night or for good: the wait doubles from a day.
_WALLS = ("login_wall", "captcha")
#: Errors that may be over at the next run: the page stays due.
_PASSING = (
    "http_5", "http_429", "http_408", "http_403", "timeout", "dns", "connection", "tls", "redirect", "rule_error", "robots",
    "refused_address", "too_old",
)  # fmt: skip
