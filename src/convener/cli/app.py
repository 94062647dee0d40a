"""The commands and their options; what each does lies in the modules beside this one."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convener.base.errors import BadInputError
from convener.cli.errors import Commands
from convener.cli.output import Format

if TYPE_CHECKING:  # the engine takes half a second to import, and --help needs none of it
    from convener.data.store import Store


app = typer.Typer(
    cls=Commands,
    name="convener",
    help="See, run and rehearse a balanced market for public services, on one open record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawn help costs half a second at every start
)
sources_app = typer.Typer(help="What is loaded; its quality; taking it out.")
app.add_typer(sources_app, name="sources")
user_app = typer.Typer(help="Who may sign in.", no_args_is_help=True)
app.add_typer(user_app, name="user")
keys_app = typer.Typer(help="The keys that seal what is private.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")

FormatOption = Annotated[Format, typer.Option("--format", help="How rows are written.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]


@app.callback()
def workspace(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option(
            "--workspace", envvar="CONVENER_WORKSPACE", help="Where the market store lies."
        ),
    ] = Path("convener-data"),
) -> None:
    """Take the workspace that every command works in."""
    context.obj = folder


def store_of(context: typer.Context) -> Store:
    """Return the store in the workspace that was asked for."""
    from convener.data.store import Store

    return Store(context.obj)


def _now() -> datetime:
    return datetime.now(UTC)


@app.command("load")
def load_command(
    context: typer.Context,
    source: Annotated[
        list[str], typer.Argument(help="Files, folders, http(s) feeds, or - for standard input.")
    ],
    *,
    name: Annotated[str | None, typer.Option(help="What to call the source.")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--as", help="ocds, notices, payments, provision, register or ownership."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file that says which column is what.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that a list of provision describes."),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option(help="Let a feed lie at a private address.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read open data into the store, and report what it can and cannot tell."""
    from convener.cli.loads import load_all
    from convener.cli.people import after_load
    from convener.data.loading import Wanted

    if name is not None and len(source) > 1:
        message = f"--name names one source; {len(source)} were given"
        raise BadInputError(message)
    wanted = [
        Wanted(
            origin=origin,
            name=name,
            kind=kind,
            mapping=mapping,
            observed_on=date(on.year, on.month, on.day) if on else None,
            allow_private=allow_private,
        )
        for origin in source
    ]
    try:
        load_all(store_of(context), wanted, at=_now(), as_json=as_json)
    finally:  # of several sources, those that could be read are loaded all the same
        after_load(context.obj, at=_now())


@sources_app.callback(invoke_without_command=True)
def sources_command(
    context: typer.Context,
    *,
    form: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """List what is loaded."""
    if context.invoked_subcommand is None:
        from convener.cli.lists import show_sources

        show_sources(store_of(context), Format.JSON if as_json else form)


@sources_app.command("remove")
def sources_remove_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source, as `convener sources` lists it.")],
) -> None:
    """Take a source out of the store, with every row that came from it."""
    from convener.cli.loads import remove_one
    from convener.cli.people import after_load

    remove_one(store_of(context), name, at=_now())
    after_load(context.obj, at=_now())


@sources_app.command("report")
def sources_report_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source, as `convener sources` lists it.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show the quality report of a source."""
    from convener.cli.output import as_json as to_json
    from convener.cli.reports import show_report
    from convener.data.loading import read_report

    store = store_of(context)
    report = read_report(store, store.source(name))
    if as_json:
        sys.stdout.write(to_json(report))
    else:
        show_report(report, changed=True, name=name)


@app.command("organisations")
def organisations_command(
    context: typer.Context,
    *,
    kind: Annotated[str | None, typer.Option(help="Only this kind of provider.")] = None,
    search: Annotated[str | None, typer.Option(help="Only names like this.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many rows.", min=1)] = 1000,
    form: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """List resolved organisations: who they are, their kind and why, and who owns them."""
    from convener.cli.lists import show_organisations

    form = Format.JSON if as_json else form
    show_organisations(store_of(context), form, kind=kind, search=search, limit=limit)


@app.command("measure")
def measure_command(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Measures; `all` for every one.")],
    *,
    by: Annotated[
        str, typer.Option(help="service, area, region, period, buyer or source, by commas.")
    ] = "service",
    where: Annotated[
        list[str] | None, typer.Option(help="key=value, such as service=home-care; repeatable.")
    ] = None,
    entity: Annotated[str, typer.Option(help="name, organisation or owner.")] = "owner",
    framework: Annotated[str, typer.Option(help="split, lead or ceiling.")] = "split",
    basis: Annotated[str | None, typer.Option(help="awards, payments or provision.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    period: Annotated[
        str, typer.Option(help="year, financial-year, or windows such as 3-years.")
    ] = "year",
    level: Annotated[
        str | None, typer.Option(help="division, group, class, bundle or label.")
    ] = None,
    assume: Annotated[
        list[str] | None, typer.Option(help="What a measure assumes, such as spare=0.2.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that counts as now."),
    ] = None,
    form: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """Ask any measure, by any grouping."""
    from convener.cli.figures import assignments, show_measures
    from convener.measures.measure import catalogue
    from convener.measures.question import Question

    question = Question(
        measures=tuple(catalogue()) if names == ["all"] else tuple(names),
        by=tuple(word.strip() for word in by.split(",") if word.strip()),
        where=assignments(where or [], "--where"),
        entity=entity,
        framework=framework,
        basis=basis,
        sources=tuple(source or ()),
        period=period,
        level=level,
        assume=_numbers(assignments(assume or [], "--assume")),
        at=at.date() if at else None,
    )
    show_measures(store_of(context), question, Format.JSON if as_json else form)


@app.command("market")
def market_command(
    context: typer.Context,
    service: Annotated[
        str | None, typer.Argument(help="A service, such as home-care or 85; none lists them.")
    ] = None,
    *,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
    years: Annotated[str | None, typer.Option("--period", help="Only this period.")] = None,
    entity: Annotated[str, typer.Option(help="name, organisation or owner.")] = "owner",
    framework: Annotated[str, typer.Option(help="split, lead or ceiling.")] = "split",
    basis: Annotated[str | None, typer.Option(help="awards, payments or provision.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    level: Annotated[
        str | None, typer.Option(help="List only division, group, class, bundle or label.")
    ] = None,
    left_out: Annotated[
        bool, typer.Option(help="List the notices that a named service's rules keep out, and why.")
    ] = False,
    form: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """List the markets, or print the balance sheet of one."""
    from convener.cli import figures
    from convener.measures.balance import balance_question

    form = Format.JSON if as_json else form
    if service is None:
        figures.refuse_without_service(
            area=area, period=years, basis=basis, source=source, left_out=left_out
        )
        figures.show_markets(store_of(context), form, level=level)
        return
    if left_out:
        figures.show_left_out(store_of(context), service, form, source=source or ())
        return
    question = balance_question(
        service,
        area=area,
        period=years,
        entity=entity,
        framework=framework,
        basis=basis,
        sources=tuple(source or ()),
    )
    figures.show_balance_sheet(store_of(context), question, form)


def _numbers(texts: dict[str, str]) -> dict[str, float]:
    try:
        return {key: float(value) for key, value in texts.items()}
    except ValueError as error:
        message = f"--assume wants a number, such as spare=0.2: {error}"
        raise BadInputError(message) from error


@app.command("serve")
def serve_command(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="Port to listen at.")] = 8000,
    demo: Annotated[
        bool, typer.Option(help="Say on every page that the data is invented.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Worker processes.", min=1)] = 2,
) -> None:
    """Serve the pages."""
    from convener.service.server import serve

    serve(host, port, context.obj, demo=demo, workers=workers)


@app.command("demo")
def demo_command(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="The same seed makes the same market.")] = 2026,
) -> None:
    """Make the invented demonstration market and its people, and load it."""
    from convener.cli.demo import make_demo, play

    make_demo(store_of(context), seed=seed, at=_now())
    play(context.obj)


@user_app.command("add")
def user_add_command(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="What the person signs in with.")],
    *,
    role: Annotated[
        str, typer.Option(help="provider, officer, analyst, administrator, or another role.")
    ],
    organisation: Annotated[
        str | None,
        typer.Option(help="Whom the person acts for: its name or number."),
    ] = None,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    from convener.cli import people

    people.add_user(
        context.obj,
        email=email,
        role=role,
        organisation=organisation,
        password=people.read_password(),
        at=_now(),
    )


@user_app.command("end")
def user_end_command(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="What the person signs in with.")],
) -> None:
    """Close a user's account: from now on nobody signs in with it."""
    from convener.cli import people

    people.end_user(context.obj, email=email, at=_now())


@user_app.command("erase")
def user_erase_command(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whom to erase: what the person signs in with.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
) -> None:
    """Erase a person for good: nobody can read any more who they were or what they said."""
    from convener.cli import people

    if not yes:
        typer.confirm(f"Erase {email} for good? Nobody can undo it", abort=True)
    people.erase_user(context.obj, email=email, at=_now())


@app.command("watch")
def watch_command(context: typer.Context) -> None:
    """Tell those who watch an owner what changed; a load does so by itself."""
    from convener.cli import people

    people.after_load(context.obj, at=_now())


@app.command("worker")
def worker_command(context: typer.Context) -> None:
    """Move the clocks each minute and do what takes long, until it is stopped."""
    from convener.cli.worker import work

    work(context.obj)


@app.command("tick")
def tick_command(context: typer.Context) -> None:
    """Do once what time alone moves: late clocks, emails that are due, what is kept too long."""
    from convener.cli.worker import tick_once

    tick_once(context.obj, at=_now())


@app.command("verify")
def verify_command(
    context: typer.Context,
    *,
    heads: Annotated[
        Path | None, typer.Option(help="A file of published heads that was kept elsewhere.")
    ] = None,
) -> None:
    """Check the journal: every chain, every published head, and every row against its events."""
    from convener.cli.records import verify

    verify(context.obj, heads, at=_now())


@keys_app.command("rotate")
def keys_rotate_command(context: typer.Context) -> None:
    """Make a new master key, wrap every key under it, and drop the old one."""
    from convener.cli.records import rotate_keys

    rotate_keys(context.obj)


@app.command("backup")
def backup_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The new file; it holds no keys.")],
) -> None:
    """Write the whole record into one file."""
    from convener.cli.backups import back_up

    back_up(context.obj, file, at=_now())


@app.command("restore")
def restore_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `convener backup` wrote.")],
) -> None:
    """Put a backup into an empty workspace, and check it."""
    from convener.cli.backups import restore

    restore(context.obj, file)
