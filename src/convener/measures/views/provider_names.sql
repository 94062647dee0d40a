-- name: provider_names
-- note: one row a provider, with its name
-- keep: table
select provider, any_value(provider_name) as provider_name
from providers
group by provider
