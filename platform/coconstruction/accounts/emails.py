"""One writing for each e-mail address, so that a person has one account however they type it."""

from email_validator import EmailNotValidError, validate_email


def normalised_email(typed: str) -> str | None:
    """Lower case, its domain in ASCII; None when this is no address."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (found.ascii_email or found.normalized).lower()


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]
