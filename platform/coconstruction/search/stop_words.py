"""Words that carry no question, folded: they count only when there is nothing else (Eu and Y are communes)."""

# fmt: off
STOP_WORDS = frozenset({
    "a", "ai", "ainsi", "alors", "as", "au", "aucun", "aucune", "aujourd", "aussi", "autre", "autres", "aux",
    "avaient", "avais", "avait", "avec", "avez", "avoir", "avons", "ayant", "c", "ca", "car", "ce", "ceci", "cela",
    "celle", "celles", "celui", "ces", "cet", "cette", "ceux", "chez", "ci", "comme", "comment", "d", "dans", "de",
    "des", "desormais", "donc", "dont", "du", "elle", "elles", "en", "encore", "entre", "es", "est", "et",
    "etaient", "etait", "etant", "ete", "etes", "etre", "eu", "eux", "fait", "font", "hui", "il", "ils", "j", "je",
    "jusqu", "l", "la", "le", "les", "leur", "leurs", "lorsqu", "lui", "m", "ma", "mais", "me", "meme", "memes",
    "mes", "moi", "mon", "n", "ne", "ni", "nos", "notre", "nous", "on", "ont", "ou", "par", "parce", "pas", "peu",
    "peut", "peuvent", "plus", "pour", "pourquoi", "puisqu", "qu", "quand", "que", "quel", "quelle", "quelles",
    "quels", "qui", "quoi", "quoiqu", "s", "sa", "sans", "se", "sera", "seront", "ses", "si", "soit", "son", "sont",
    "sous", "sur", "t", "ta", "tant", "te", "tel", "telle", "tels", "tes", "toi", "ton", "tous", "tout", "toute",
    "toutes", "tres", "trop", "tu", "un", "une", "vers", "vos", "votre", "vous", "y",
})
