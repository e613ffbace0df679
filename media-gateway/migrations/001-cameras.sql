-- url_sealed holds the whole address with its password, encrypted; address is what may be shown.
create table media.camera (
	id text primary key,
	name jsonb not null,
	agency text not null,
	place jsonb not null,
	address text not null,
	url_sealed text not null,
	has_password boolean not null,
	bearing double precision,
	field_of_view double precision,
	demo boolean not null,
	updated_at timestamptz not null default now()
);
