"""Add, list and forget the people whom the trainer knows.

add NAME PHOTO...  remember a face from photos of one person; more photos may be added later
list               who is known
forget NAME        delete everything about somebody: face, workouts, history; also by id
who PHOTO...       whom the faces in photos are like; nothing is kept

Of a face only encodings of 128 numbers are kept, never a picture, in a file that its owner alone
can read: $TRAINER_DATA, else the data folder of the user. Running nodes notice every change.
"""

import argparse
import sys
from pathlib import Path
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and the file."""
    parser.add_argument('--database', default='', metavar='FILE', help='not the default one')
    parts = parser.add_subparsers(dest='what', required=True, metavar='add|list|forget|who')
    add = parts.add_parser('add', help='remember a face from photos of one person')
    add.add_argument('name', metavar='NAME', help='how to address the person')
    add.add_argument('photos', nargs='+', metavar='PHOTO', help='picture file')
    parts.add_parser('list', help='who is known')
    forget = parts.add_parser('forget', help='delete everything about somebody')
    forget.add_argument('name', metavar='NAME', help='name or id')
    who = parts.add_parser('who', help='whom the faces in photos are like')
    who.add_argument('photos', nargs='+', metavar='PHOTO', help='picture file')


def main(args: argparse.Namespace) -> int:
    """Exit code 2 when a photo could not be used."""
    from trainer_core.database import open_database
    with open_database(args.database) as database:
        if args.what == 'list':
            return _list(database)
        if args.what == 'forget':
            from trainer_pose.identity import people
            print(people.forget(database, args.name))
            return 0
        from trainer_pose.identity.photos import PhotoReader
        reader = PhotoReader()
        if args.what == 'add':
            return _add(database, reader, args.name, args.photos)
        return _who(database, reader, args.photos)


def _list(database: Any) -> int:
    from trainer_pose.identity import people
    rows = people.listed(database)
    if not rows:
        print('nobody; ./trainer people add NAME PHOTO... adds somebody')
    for id_, name, encodings, created in rows:
        print(f'{id_}  {name}  {people.plural(encodings, "face encoding")}, since {created[:10]}')
    return 0


def _add(database: Any, reader: Any, name: str, photos: list[str]) -> int:
    from trainer_core.errors import UserError
    from trainer_pose.identity import people
    people.check_name(name)
    faces = []
    for photo in photos:
        try:
            faces.append(reader.only_face(photo))
        except UserError as error:
            print(f'trainer: {error}', file=sys.stderr)
    if not faces:
        raise UserError(f'{name} is not added: none of the photos can be used')
    print(people.add(
        database, name, [(face.encoding, face.quality.value) for face in faces])[1])
    return 0 if len(faces) == len(photos) else 2


def _who(database: Any, reader: Any, photos: list[str]) -> int:
    from trainer_core.errors import UserError
    from trainer_pose.identity import people
    gallery, code = people.load(database), 0
    for photo in photos:
        try:
            faces = reader.faces(photo)
        except UserError as error:
            print(f'trainer: {error}', file=sys.stderr)
            code = 2
            continue
        print(f'{Path(photo).name}: {len(faces) or "no"} {"face" if len(faces) == 1 else "faces"}')
        for face in faces:
            print(f'  {gallery.nearest(face.encoding).told()}')
    return code
