from pathlib import Path

import click
from flask.cli import AppGroup

from coconstruction.accounts import actions, second_factor, sign_in
from coconstruction.accounts.contacts import ContactsError, load_contacts
from coconstruction.accounts.domains import verify_domain
from coconstruction.accounts.emails import domain_of, normalised_email
from coconstruction.accounts.queries import agents_at
from coconstruction.database import transaction
from coconstruction.errors import Refused
from coconstruction.territories.queries import resolve

accounts_commands = AppGroup("accounts", help="Les personnes et leurs rattachements.")


@accounts_commands.command("curator")
@click.argument("email")
def curator(email: str) -> None:
    """Donne à EMAIL les droits de l’équipe de l’Incubateur ; crée son compte au besoin."""
    address = normalised_email(email)
    if address is None:
        raise click.BadParameter(f"« {email} » n’est pas une adresse électronique.")
    with transaction() as session:
        actions.make_curator(session, sign_in.agent_at(session, address))
    click.echo(f"{address} fait partie de l’équipe.")


@accounts_commands.command("domain")
@click.argument("domain")
@click.argument("reference")
def domain(domain: str, reference: str) -> None:
    """Fait de DOMAIN une preuve d’appartenance à l’organisation REFERENCE (commune:35360, SIREN…)."""
    address = normalised_email(f"x@{domain}")
    if address is None:
        raise click.BadParameter(f"« {domain} » n’est pas un nom de domaine.")
    with transaction() as session:
        organisation_id = resolve(session, [reference]).get(reference)
        if organisation_id is None:
            raise click.BadParameter(f"Organisation inconnue : « {reference} ».")
        try:
            verify_domain(session, domain_of(address), organisation_id, None, "")
        except Refused as refusal:
            raise click.BadParameter(str(refusal.sentence)) from refusal
    click.echo(f"Une adresse en @{domain_of(address)} prouve l’appartenance à {reference}.")


@accounts_commands.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Retire le second facteur de EMAIL, qui a tout perdu, et ferme ses sessions. Vérifiez d’abord qui le demande."""
    with transaction() as session:
        found = agents_at(session, [normalised_email(email) or ""])
        if not found or not second_factor.reset(session, found[0]):
            raise click.BadParameter(f"Personne n’a de second facteur à l’adresse « {email} ».")
    click.echo("Le second facteur est retiré, les sessions sont fermées, la personne en est prévenue.")


@accounts_commands.command("contacts")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien écrire.")
def contacts(path: Path, dry_run: bool) -> None:
    """Charge les adresses officielles depuis l’export public de l’annuaire de l’administration (JSON ou CSV)."""
    try:
        with transaction() as session:
            report = load_contacts(session, path)
            if dry_run:
                session.rollback()
    except ContactsError as error:
        raise click.ClickException(f"Fichier refusé, rien n’a été chargé. {error}") from error
    done = "seraient" if dry_run else "sont"
    click.echo(
        f"{report.contacts} adresses officielles : {report.added} {done} ajoutées, {report.removed} {done} retirées ; "
        f"{report.domains} domaines changent d’état."
    )
    for reason, number in sorted(report.ignored.items()):
        click.echo(f"{number} entrées laissées de côté : {reason}.")
