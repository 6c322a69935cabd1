import click
from flask.cli import AppGroup

from coconstruction.accounts import actions, sign_in
from coconstruction.accounts.domains import verify_domain
from coconstruction.accounts.emails import domain_of, normalised_email
from coconstruction.database import transaction
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
        verify_domain(session, domain_of(address), organisation_id, None, "")
    click.echo(f"Une adresse en @{domain_of(address)} prouve l’appartenance à {reference}.")
