"""`monitor deliveries`: where each alert stands on each channel; dead letters and how to send them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from monitor.cli.context import read_user_files, run_async
from monitor.cli.output import JSON_HELP, write_json, write_table

if TYPE_CHECKING:
    from monitor.daemon.files import Files
    from monitor.model import DeliveryRecord, DeliveryStatus

app = typer.Typer(help="Deliveries: list, dead, retry.", no_args_is_help=True)

STATUSES = ("queued", "retrying", "delivered", "dead", "dropped")


@app.command("list")
def list_deliveries(
    context: typer.Context,
    status: Annotated[str, typer.Option(help=f"Only those that are {', '.join(STATUSES)}.")] = "",
    channel: Annotated[str, typer.Option(help="Only those of this channel.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List deliveries with their attempts and the last reason, the newest first.

    Example: monitor deliveries list --status retrying
    """
    if status and status not in STATUSES:
        raise typer.BadParameter(f"one of {', '.join(STATUSES)}; not {status!r}", param_hint="--status")
    _write(run_async(_list(read_user_files(context), status, channel, limit)), as_json=json)


@app.command("dead")
def dead(
    context: typer.Context,
    channel: Annotated[str, typer.Option(help="Only those of this channel.")] = "",
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List dead letters: deliveries that are not tried again by themselves, with the reason; exit 1 if there are any.

    Example: monitor deliveries dead
    """
    records = run_async(_dead(read_user_files(context), channel))
    _write(records, as_json=json)
    raise typer.Exit(1 if records else 0)


@app.command("retry")
def retry(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Default: all dead letters.")] = None,
) -> None:
    """Send dead letters again; a running daemon takes them at once; exit 1 if a given id is not dead.

    Example: monitor deliveries retry
    """
    sent = run_async(_retry(read_user_files(context), ids))
    for delivery in sent:
        typer.echo(delivery)
    missing = sorted(set(ids or []) - set(sent))
    for delivery in missing:
        typer.echo(f"{delivery}: not among the dead letters; `monitor deliveries dead` lists them", err=True)
    typer.echo(f"{len(sent)} queued again", err=True)
    raise typer.Exit(1 if missing else 0)


async def _list(files: Files, status: str, channel: str, limit: int) -> Sequence[DeliveryRecord]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import ChannelName

    wanted = cast("DeliveryStatus", status) if status else None
    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        return await store.deliveries.list(limit, status=wanted, channel=ChannelName(channel) if channel else None)


async def _dead(files: Files, channel: str) -> Sequence[DeliveryRecord]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import ChannelName

    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        return await store.deliveries.dead(ChannelName(channel) if channel else None)


async def _retry(files: Files, ids: list[str] | None) -> Sequence[str]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import DeliveryId

    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        return await store.deliveries.requeue([DeliveryId(one) for one in ids] if ids else None)


def _write(records: Sequence[DeliveryRecord], *, as_json: bool) -> None:
    if as_json:
        for record in records:
            write_json(delivery_record(record))
    elif not records:
        typer.echo("none", err=True)
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
