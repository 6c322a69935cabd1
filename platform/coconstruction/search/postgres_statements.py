"""The questions put to PostgreSQL. The same formula in Python: `whoosh_ranking.py`.

`ts_rank` knows nothing of rarity: it is asked for one concept at a time, each weighed by its rarity. Its value for a
single term is the sum of the weights of its letters over squares, divided by pi²/6 and by the number of terms.
"""

from sqlalchemy import text

WATERMARK = text("SELECT watermark FROM search_state WHERE id = 1")
HOLDING = text("""
    SELECT NULL AS term, documents FROM search_state WHERE id = 1
    UNION ALL SELECT term, documents FROM search_term WHERE term = ANY(CAST(:terms AS text[]))
""")
BEGINNING = text("""
    SELECT word, documents FROM search_word WHERE word >= :first AND word < :after AND documents > 0
    ORDER BY documents DESC, word LIMIT :most
""")
RESEMBLING = text("""
    SELECT word, documents FROM search_word WHERE word >= :first AND word < :after AND documents > 0
    AND length(word) BETWEEN :shortest AND :longest
""")

# A document's share of a concept is said / (said + damping), written so that the costly rank is asked for once; what
# scoring needs of a document comes with its match, for finding every match again by key cost as much as the ranking.
_SCORED = """
    WITH concept AS (
        SELECT term::tsquery, near::tsquery, either::tsquery, near_terms, rarity
        FROM unnest(CAST(:terms AS text[]), CAST(:nears AS text[]), CAST(:eithers AS text[]),
            CAST(:near_terms AS integer[]), CAST(:rarities AS float8[])) AS c (term, near, either, near_terms, rarity)
    ), matched AS MATERIALIZED (
        SELECT document.kind, document.id, document.facets, document.title_key, document.prominence,
            sum(rarity) AS cover,
            sum(rarity * greatest(
                1 - damping / (damping + coalesce(:scale * ts_rank(CAST(:letters AS real[]), lexemes, term), 0)),
                :near_share * (1 - damping / (damping
                    + coalesce(:scale * near_terms * ts_rank(CAST(:letters AS real[]), lexemes, near), 0)))
            )) AS score
        FROM concept JOIN search_document AS document ON document.lexemes @@ concept.either
        GROUP BY document.kind, document.id
    ), scored AS MATERIALIZED (
        SELECT kind, id, facets,
            (score + CASE WHEN title_key = :title_key THEN CAST(:bonus AS float8) ELSE 0 END) * prominence AS score
        FROM matched
        WHERE cover >= (SELECT :cover_share * max(cover) FROM matched) - 1e-9
    )"""
_EVERYTHING = """
    WITH scored AS MATERIALIZED (SELECT kind, id, facets, prominence AS score FROM search_document)"""
# Documents that share all their facet values pass the filters, or not, together. NOT IN, because the planner hashes it:
# knowing nothing of the CTE, it would join by nested loops.
_ANSWERED = """, signature AS MATERIALIZED (
        SELECT facets, count(*) AS documents, NOT EXISTS (
            SELECT FROM jsonb_array_elements(CAST(:asked AS jsonb)) AS filter (entries)
            WHERE NOT facets && ARRAY(SELECT jsonb_array_elements_text(entries))
        ) AS passes
        FROM scored GROUP BY facets
    ), hit AS (
        SELECT kind, id, score, row_number() OVER (ORDER BY round(score::numeric, 6) DESC, kind, id) AS place
        FROM scored WHERE facets NOT IN (SELECT facets FROM signature WHERE NOT passes)
        ORDER BY place LIMIT :per_page OFFSET :skipped
    )
    SELECT place, kind, id, title, body, score, NULL AS facets, 0 AS documents
    FROM hit JOIN search_document USING (kind, id)
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, facets, documents FROM signature
"""
SEARCH = text(_SCORED + _ANSWERED)
EVERYTHING = text(_EVERYTHING + _ANSWERED)
