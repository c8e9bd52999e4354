"""Show what somebody has done: sessions, records, trends.

Without a name: who has done how much; with one person known, all about that one. NAME is a name, an
id, or guest. --csv writes every movement with its form, of everybody when there is no name.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from trainer_core.errors import UserError

if TYPE_CHECKING:
    from trainer_core.database import Database
    from trainer_voice.history.records import SessionRecord, SetRecord

GUEST = 'guest'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, and in which form."""
    parser.add_argument('name', nargs='?', default='', metavar='NAME', help='whose; or guest')
    parser.add_argument(
        '--sessions', type=int, metavar='N',
        help='the newest N; 0: all (default: 20 in the table, all in the plot)')
    parser.add_argument('--plot', default='', metavar='FILE', help='draw it; .png, .svg or .pdf')
    parser.add_argument('--csv', default='', metavar='FILE', help='every movement; -: on stdout')
    parser.add_argument('--database', default='', metavar='FILE', help='not the default one')


def main(args: argparse.Namespace) -> int:
    """0; a name that nobody has is the user's error."""
    from trainer_core.database import open_database
    with open_database(args.database) as db:
        person = _person(db, args.name)
        if args.csv:
            _csv(db, args.csv, person)
        if person is None and args.plot:
            raise UserError('--plot draws one person; say which: ./trainer history NAME --plot '
                            f'{args.plot}')
        if args.plot and person is not None:
            from trainer.history_plot import draw
            from trainer_voice.history.records import sessions, trends
            done = [s for s in sessions(db, person) if s.done]
            draw(_name(db, person), trends(done), args.plot, args.sessions or 0)
            print(f'drawn: {args.plot}', file=sys.stderr)
        if args.csv != '-':
            _show(db, person, 20 if args.sessions is None else args.sessions)
    return 0


def _person(db: Database, name: str) -> str | None:
    """The id; '' for guests; None when everybody is meant."""
    if name:
        person = db.person(name)
        if person:
            return str(person['id'])
        if name.casefold() == GUEST:
            return ''
        known = [p['name'] for p in db.rows('SELECT name FROM people ORDER BY name')]
        raise UserError(f'nobody is called {name}' + (
            f'; there are {", ".join(known)}' if known else '; nobody is known yet'))
    trained = db.rows('SELECT DISTINCT person_id FROM sessions')
    people = db.rows('SELECT id FROM people')
    if len(trained) == 1 and len(people) <= 1:
        return trained[0][0] or ''
    return None


def _name(db: Database, person: str) -> str:
    found = db.person(person) if person else None
    return str(found['name']) if found else 'Guests'


def _csv(db: Database, path: str, person: str | None) -> None:
    from trainer_voice.history import csv_file
    if path == '-':
        csv_file.write(db, sys.stdout, person)
        return
    try:
        with open(path, 'w', encoding='utf-8', newline='') as file:
            lines = csv_file.write(db, file, person)
    except OSError as error:
        raise UserError(f'{path} cannot be written: {error.strerror}') from None
    print(f'written: {path}, {lines} {"line" if lines == 1 else "lines"}', file=sys.stderr)


def _show(db: Database, person: str | None, limit: int) -> None:
    from rich.console import Console
    console = Console()
    if person is None:
        console.print(_everybody(db))
        return
    from trainer_voice.history.records import sessions
    done = [s for s in sessions(db, person) if s.done]
    if not done:
        console.print(f'{_name(db, person)}: nothing done yet; ./trainer run', highlight=False)
        return
    console.print(_line(_name(db, person), done), highlight=False)
    console.print(_sessions(done[-limit:]))
    console.print(_records(done))


def _table(*columns: str, title: str = '') -> Any:
    from rich import box
    from rich.table import Table
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify='left', pad_edge=False)
    for column in columns:
        right = column.startswith('>')
        table.add_column(column.removeprefix('>'), justify='right' if right else 'left',
                         no_wrap=right)
    return table


def _everybody(db: Database) -> Any:
    from trainer_voice.history.records import sessions, this_week
    today = datetime.now(timezone.utc).astimezone().date()
    table = _table('who', '>sessions', '>this week', '>newest')
    people = [(p['id'], p['name']) for p in db.rows('SELECT id, name FROM people ORDER BY name')]
    for person, name in (*people, ('', 'guests')):
        done = [s for s in sessions(db, person) if s.done]
        if done or person:
            table.add_row(name, str(len(done)), str(this_week(done, today)),
                          _day(done[-1]) if done else '')
    return table if table.row_count else 'nothing done yet; ./trainer run'


def _line(name: str, done: list[SessionRecord]) -> str:
    """The whole of it in a sentence."""
    from trainer_voice.history.records import days, streak, this_week, weeks
    today = datetime.now(timezone.utc).astimezone().date()
    trained = days(done)
    parts = [f'{len(done)} {"session" if len(done) == 1 else "sessions"} since {_day(done[0])}',
             f'{this_week(done, today)} this week']
    if (row := streak(trained, today)) > 1:
        parts.append(f'{row} days in a row')
    if (row := weeks(trained, today)) > 1:
        parts.append(f'{row} weeks in a row')
    return f'[bold]{name}[/]: ' + ', '.join(parts)


def _sessions(done: list[SessionRecord]) -> Any:
    table = _table('session', '>min', 'exercise', 'sets', '>form')
    for session in done:
        minutes = (f'{(session.ended - session.started).total_seconds() / 60:.0f}'
                   if session.ended else '')
        first = (f'{session.started.astimezone():%Y-%m-%d %H:%M}', minutes)
        for exercise in session.exercises:
            sets = session.of(exercise)
            judged, correct = sum(s.judged for s in sets), sum(s.correct for s in sets)
            table.add_row(*first, exercise.replace('_', ' '), ', '.join(map(_set, sets)),
                          f'{100 * correct / judged:.0f} %' if judged else '')
            first = ('', '')
    return table


def _set(one: SetRecord) -> str:
    """12, or 12/15 with its target where that was not reached; 30 s; 9 (counted 10)."""
    if one.timed:
        target = '' if one.reached else f'/{one.target_seconds:.0f}'
        return f'{one.seconds:.0f}{target} s'
    target = '' if one.reached else f'/{one.target_reps}'
    counted = f' (counted {one.counted})' if one.reps != one.counted else ''
    return f'{one.reps}{target}{counted}'


def _records(done: list[SessionRecord]) -> Any:
    from trainer_voice.history.records import records, trends
    table = _table('exercise', '>sessions', '>best set', 'on', '>last time', title='Records')
    points = trends(done)
    for exercise, best in records(done).items():
        last = points[exercise][-1]
        table.add_row(
            exercise.replace('_', ' '), str(len(points[exercise])),
            f'{best.reps}' if best.reps else f'{best.seconds:.0f} s',
            f'{best.when.astimezone():%Y-%m-%d}',
            f'{last.best_reps}' if best.reps else f'{last.best_seconds:.0f} s')
    return table


def _day(session: SessionRecord) -> str:
    return f'{session.started.astimezone():%Y-%m-%d}'
