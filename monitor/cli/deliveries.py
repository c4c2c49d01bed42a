"""`monitor deliveries`: where each alert stands on each channel; dead letters and how to send them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from monitor.cli.context import ask_store
from monitor.cli.output import JSON_HELP, say, write_json, write_table

if TYPE_CHECKING:
    from monitor.model import ChannelName, DeliveryRecord, DeliveryStatus
    from monitor.store.store import Store

app = typer.Typer(help="Deliveries: list, dead, retry.", no_args_is_help=True)

STATUSES = ("queued", "retrying", "delivered", "dead", "dropped")
ChannelOption = Annotated[str, typer.Option(metavar="NAME", help="Only those of this channel.")]


@app.command("list")
def list_deliveries(
    context: typer.Context,
    status: Annotated[str, typer.Option(metavar="STATUS", help=f"Only those that are {', '.join(STATUSES)}.")] = "",
    channel: ChannelOption = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 50,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List deliveries with their attempts and the last reason, the newest first.

    Keys: id, alert, channel, kind, status, attempts, queued, changed, next_try, reason.

    Example: monitor deliveries list --status retrying
    """
    from monitor.model import ChannelName

    if status and status not in STATUSES:
        raise typer.BadParameter(f"one of {', '.join(STATUSES)}; not {status!r}", param_hint="--status")
    wanted = cast("DeliveryStatus", status) if status else None

    async def ask(store: Store) -> tuple[Sequence[DeliveryRecord], Sequence[ChannelName]]:
        """Ask the open store."""
        records = await store.deliveries.list(limit, status=wanted, channel=ChannelName(channel) or None)
        return records, await store.deliveries.channels()

    records, known = ask_store(context, ask)
    _write(records, as_json=json, none=_none(f"{status} deliveries".strip(), channel, known))


@app.command("dead")
def dead(
    context: typer.Context,
    channel: ChannelOption = "",
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List dead letters: deliveries that are not tried again by themselves, with the reason; exit 1 if there are any.

    Keys: those of `monitor deliveries list`.

    Example: monitor deliveries dead
    """
    from monitor.model import ChannelName

    async def ask(store: Store) -> tuple[Sequence[DeliveryRecord], Sequence[ChannelName]]:
        """Ask the open store."""
        return await store.deliveries.dead(ChannelName(channel) or None), await store.deliveries.channels()

    records, known = ask_store(context, ask)
    _write(records, as_json=json, none=_none("dead letters", channel, known))
    raise typer.Exit(1 if records else 0)


@app.command("retry")
def retry(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Default: all dead letters.")] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Send dead letters again: a running daemon takes them at once, else the next one; exit 1 if an id is not dead.

    Keys: id, result (queued, or not_dead).

    Example: monitor deliveries retry
    """
    from monitor.model import DeliveryId

    wanted = [DeliveryId(one) for one in dict.fromkeys(ids)] if ids else None
    sent = ask_store(context, lambda store: store.deliveries.requeue(wanted))
    missing = [delivery for delivery in wanted or [] if delivery not in sent]
    if json:
        for result, deliveries in (("queued", sent), ("not_dead", missing)):
            for delivery in deliveries:
                write_json({"id": delivery, "result": result})
    else:
        for delivery in missing:
            say(f"{delivery}: not among the dead letters; `monitor deliveries dead` lists them")
        say(f"queued again: {len(sent)}")
    raise typer.Exit(1 if missing else 0)


def _none(what: str, channel: str, known: Sequence[ChannelName]) -> str:
    """Return the message for an empty list; a channel that never had a delivery may be a slip."""
    from monitor.config.spelling import did_you_mean

    if channel and channel not in known:
        return f"no {what}: the channel {channel!r} never had any; {did_you_mean(channel, known)}".rstrip("; ")
    return f"no {what}"


def _write(records: Sequence[DeliveryRecord], *, as_json: bool, none: str) -> None:
    if as_json:
        for record in records:
            write_json(delivery_record(record))
    elif not records:
        say(none)
    else:
        write_table(
            ["ID", "CHANGED", "CHANNEL", "ALERT", "KIND", "STATUS", "TRIES", "NEXT TRY", "REASON"],
            [
                [
                    record.delivery.id,
                    record.changed,
                    record.delivery.channel,
                    record.delivery.alert,
                    record.delivery.kind,
                    record.status,
                    record.attempts,
                    record.next_try,
                    record.reason,
                ]
                for record in records
            ],
        )


def delivery_record(record: DeliveryRecord) -> dict[str, Any]:
    """Return a delivery as the JSON object that other tools read."""
    return {
        "id": record.delivery.id,
        "alert": record.delivery.alert,
        "channel": record.delivery.channel,
        "kind": record.delivery.kind,
        "status": record.status,
        "attempts": record.attempts,
        "queued": record.delivery.queued,
        "changed": record.changed,
        "next_try": record.next_try,
        "reason": record.reason,
    }
