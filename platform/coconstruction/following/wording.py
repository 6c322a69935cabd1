from markupsafe import Markup

from coconstruction.discussions.markdown import render


def news_text(text: str) -> Markup:
    return render(text, {})
