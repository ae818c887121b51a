"""Write the averaged sample beats that ship with the package (``ecg/data/templates.csv``).

python -m ecg templates --mitdb DIR
"""

from ecg.commands.arguments import command_parser
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.templates import FEWEST_BEATS, FILE, make_templates, symbols_without_template, write_templates
from ecg.errors import explain_input_errors


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the templates."""
    parser = command_parser("templates", __doc__)
    parser.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    templates = make_templates(read_mitdb_beats(parser.parse_args(arguments).mitdb))
    write_templates(templates)
    for template in templates:
        print(f"{template.label} {template.symbol} {template.record}: {template.averaged} beats averaged")
    print(f"{len(templates)} templates written to {FILE}")
    print(
        f"no template (fewer than {FEWEST_BEATS} test beats of nearly one length in every record): "
        + " ".join(symbols_without_template(templates))
    )
