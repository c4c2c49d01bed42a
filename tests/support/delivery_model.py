"""What the delivery scripts must do, in plain Python: the same steps on lists and dictionaries, one channel each."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Letter:
    """A delivery as the model knows it."""

    name: str
    status: str = "queued"
    attempts: int = 0
    settled: str = ""  # the call that settled it last, by which its repetition is known


@dataclass(slots=True, eq=False)
class Entry:
    """A place in the channel's stream."""

    letter: Letter
    reader: str = ""  # empty: waiting
    is_released: bool = False


@dataclass(slots=True)
class Channel:
    """A channel as the model knows it; every method answers what the store must answer."""

    letters: dict[str, Letter] = field(default_factory=dict)
    stream: list[Entry] = field(default_factory=list)
    delayed: dict[str, bool] = field(default_factory=dict)  # delivery -> is it due already
    dead: list[str] = field(default_factory=list)

    def enqueue(self, name: str) -> None:
        """Queue a delivery unless there was one of this name."""
        if name not in self.letters:
            self.letters[name] = Letter(name)
            self.stream.append(Entry(self.letters[name]))

    def take(self, reader: str, count: int) -> list[Entry]:
        """Hand out what was released, then what waits; throw away what needs no sending any more."""
        left = [entry for entry in self.stream if entry.reader and entry.is_released][:count]
        fresh = [entry for entry in self.stream if not entry.reader][: count - len(left)]
        taken = []
        for entry in left + fresh:
            if entry.letter.status in ("delivered", "dropped"):
                self.stream.remove(entry)
            else:
                entry.reader, entry.is_released = reader, False
                taken.append(entry)
        return taken

    def release(self, reader: str) -> int:
        """Let others have what the reader holds."""
        held = [entry for entry in self.stream if entry.reader == reader and not entry.is_released]
        for entry in held:
            entry.is_released = True
        return len(held)

    def done(self, entry: Entry, token: str) -> bool:
        """Settle as delivered, whoever holds it."""
        letter = entry.letter
        if entry in self.stream:
            self.stream.remove(entry)
        self.delayed.pop(letter.name, None)
        if letter.name in self.dead:
            self.dead.remove(letter.name)
        if letter.status == "delivered":
            return letter.settled == f"done {token}"
        letter.status, letter.settled = "delivered", f"done {token}"
        letter.attempts += 1
        return True

    def retry(self, entry: Entry, token: str, *, is_due: bool) -> bool:
        """Plan another attempt, if the entry is still held by anyone and the delivery is open."""
        if not self._gives_up(entry, f"retry {token}"):
            return entry.letter.settled == f"retry {token}"
        entry.letter.status = "retrying"
        self.delayed[entry.letter.name] = is_due
        return True

    def bury(self, entry: Entry, token: str) -> bool:
        """Give up, under the same conditions."""
        if not self._gives_up(entry, f"bury {token}"):
            return entry.letter.settled == f"bury {token}"
        entry.letter.status = "dead"
        self.dead.append(entry.letter.name)
        return True

    def move_due(self) -> int:
        """Put back whose wait is over."""
        due = [name for name, is_due in self.delayed.items() if is_due]
        for name in due:
            del self.delayed[name]
            self.stream.append(Entry(self.letters[name]))
        return len(due)

    def requeue(self, name: str) -> bool:
        """Send a dead letter again."""
        if name not in self.dead:
            return False
        self.dead.remove(name)
        letter = self.letters[name]
        letter.status, letter.attempts, letter.settled = "queued", 0, ""
        self.stream.append(Entry(letter))
        return True

    def drop(self, name: str) -> bool:
        """Take out unsent what was not delivered."""
        letter = self.letters[name]
        if letter.status == "delivered":
            return False
        letter.status = "dropped"
        self.delayed.pop(name, None)
        if name in self.dead:
            self.dead.remove(name)
        return True

    def depth(self) -> tuple[int, int, int, int]:
        """Return how many are waiting, pending, delayed and dead."""
        waiting = sum(1 for entry in self.stream if not entry.reader)
        return waiting, len(self.stream) - waiting, len(self.delayed), len(self.dead)

    def places(self, name: str) -> int:
        """Return at how many places an open delivery is; exactly one is right."""
        entries = sum(1 for entry in self.stream if entry.letter.name == name)
        return entries + (name in self.delayed) + self.dead.count(name)

    def _gives_up(self, entry: Entry, call: str) -> bool:
        """Take the entry off its reader's hands; True if the delivery is still open."""
        if entry not in self.stream or entry.letter.settled == call:
            return False
        self.stream.remove(entry)
        if entry.letter.status not in ("queued", "retrying"):
            return False
        entry.letter.settled = call
        entry.letter.attempts += 1
        return True
