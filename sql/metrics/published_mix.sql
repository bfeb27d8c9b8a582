-- How an organisation's own causes and triggers compare with those Google published of its postmortems.
-- One row per published category, and for each kind one for own categories that have no counterpart, and one for unknown.
-- Key: kind, published_name.
-- Published shares: The Site Reliability Workbook (O'Reilly 2018), appendix C, of thousands of postmortems over seven
-- years; its root causes are the five most frequent, so they add up to 88 %. Which own category is which published one
-- is said in the taxonomy; where it says nothing, an own category is not comparable, and neither is a published one
-- beside which no own one stands (is_comparable). Left out: planned work.
-- Added: own_low and own_high, the exact 90 % intervals of own_share that hold for all rows of a kind at once;
-- comparable_share, the share of all incidents whose category has a published counterpart; p_value, of the exact test of
-- own_share against published_share, corrected for the comparisons of its kind (Holm); compared, how many those are;
-- verdict: signal at 5 %, else not distinguishable, or too little is comparable, when less than half of the incidents is
-- (nothing is compared then, no p_value). The published share counts as known for certain.
WITH published AS (
    SELECT
        kind,
        published_name,
        published_share,
        place
    FROM (
        VALUES
        ('trigger', 'binary push', 0.37, 1),
        ('trigger', 'configuration push', 0.31, 2),
        ('trigger', 'user behaviour change', 0.09, 3),
        ('trigger', 'processing pipeline', 0.06, 4),
        ('trigger', 'service provider change', 0.05, 5),
        ('trigger', 'performance decay', 0.05, 6),
        ('trigger', 'capacity management', 0.05, 7),
        ('trigger', 'hardware', 0.02, 8),
        ('trigger', 'not comparable', NULL, 9),
        ('trigger', 'unknown', NULL, 10),
        ('cause', 'software', 0.41, 1),
        ('cause', 'development process', 0.20, 2),
        ('cause', 'complex system behaviour', 0.17, 3),
        ('cause', 'deployment planning', 0.07, 4),
        ('cause', 'network', 0.03, 5),
        ('cause', 'not comparable', NULL, 9),
        ('cause', 'unknown', NULL, 10)
    ) AS shares (kind, published_name, published_share, place)
),

named AS (
    SELECT
        'cause' AS kind,
        cause_category AS category
    FROM selected_incidents
    WHERE NOT is_left_out
    UNION ALL
    SELECT
        'trigger' AS kind,
        trigger_category AS category
    FROM selected_incidents
    WHERE NOT is_left_out
),

placed AS (
    SELECT
        named.kind,
        named.category,
        CASE WHEN named.category IS NULL THEN 'unknown' ELSE coalesce(shown.published_name, 'not comparable') END
            AS published_name
    FROM named
    LEFT JOIN marts.categories AS mapped ON named.kind = mapped.kind AND named.category = mapped.category
    LEFT JOIN published AS shown ON mapped.kind = shown.kind AND mapped.published_as = shown.published_name
),

counted AS (
    SELECT
        kind,
        published_name,
        count(*) AS own_count,
        list(DISTINCT category ORDER BY category) FILTER (WHERE category IS NOT NULL) AS categories
    FROM placed
    GROUP BY kind, published_name
),

-- The own categories may be fewer than the published ones: what has no name here cannot be said to occur never.
mapped AS (
    SELECT DISTINCT
        kind,
        published_as
    FROM marts.categories
    WHERE published_as IS NOT NULL
),

joined AS (
    SELECT
        published.kind,
        published.published_name,
        published.published_share,
        published.place,
        mapped.published_as IS NOT NULL AS is_comparable,
        coalesce(counted.own_count, 0) AS own_count,
        coalesce(counted.categories, []) AS own_categories
    FROM published
    LEFT JOIN counted ON published.kind = counted.kind AND published.published_name = counted.published_name
    LEFT JOIN mapped ON published.kind = mapped.kind AND published.published_name = mapped.published_as
),

totals AS (
    SELECT
        kind,
        CAST(sum(CASE WHEN published_name = 'unknown' THEN 0 ELSE own_count END) AS BIGINT) AS n,
        CAST(sum(own_count) AS BIGINT) AS incident_count
    FROM joined
    GROUP BY kind
)

SELECT
    joined.kind, -- cause or trigger
    joined.published_name, -- as published; 'not comparable' and 'unknown' stand for what has no counterpart
    CAST(joined.published_share AS DOUBLE) AS published_share, -- of the postmortems that Google published of; empty for the last two
    joined.is_comparable, -- whether the taxonomy sets an own category beside it
    joined.own_categories, -- the own categories counted here, of those that occur
    joined.own_count, -- own incidents
    totals.n, -- own incidents of which the category is known
    CASE
        WHEN joined.is_comparable OR joined.published_name = 'not comparable'
            THEN joined.own_count / nullif(totals.n, 0)
    END AS own_share, -- own_count as a share of n; empty for 'unknown', and where no own category stands beside it
    totals.n / nullif(totals.incident_count, 0) AS coverage, -- n as a share of all incidents
    1 - totals.n / nullif(totals.incident_count, 0) AS unknown_share -- the others
FROM joined
INNER JOIN totals ON joined.kind = totals.kind
ORDER BY joined.kind DESC, joined.place ASC
