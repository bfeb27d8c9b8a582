-- The categories that incidents are counted by, as the taxonomy of the settings defines them.
-- One row per kind and category.
-- Key: kind, category.
SELECT
    kind, -- cause or trigger
    category, -- its name
    definition, -- what it means
    published_as -- the category of Google's published shares that it stands for; null: none does, and it is not compared
FROM staging.stg_settings__categories
