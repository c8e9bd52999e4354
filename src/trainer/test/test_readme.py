"""The tables of the README are those of the code."""

from pathlib import Path

from trainer import nodes

README = (Path(__file__).resolve().parents[1] / 'README.md').read_text()


def arguments() -> str:
    rows = ['| argument | type | default | what it is |', '| --- | --- | --- | --- |']
    for a in nodes.ARGUMENTS:
        default = '' if a.default is None else f'`{str(a.default).lower()}`'
        choices = f' ({", ".join(a.choices)})' if a.choices else ''
        rows.append(f'| `{a.name}` | {a.kind.__name__} | {default} | {a.text}{choices} |')
    return '\n'.join(rows)


def test_arguments():
    assert arguments() in README, f'put this into README.md:\n{arguments()}'


def test_nodes():
    for node in nodes.NODES:
        topics = ' '.join(f'`{topic}`' for topic in node.publishes)
        row = f'| `{node.name}` | {node.package} | {node.group} | {node.text} | {topics} |'
        assert row in README


def test_recorded():
    recorded = ', '.join(f'`{topic}`' for topic in nodes.RECORDED)
    assert recorded in README.replace('\n', ' ')
