-- Only the SHA-256 of a token is kept: who reads this table can neither publish nor watch.
create table media.stream_token (
	id text primary key,
	token_hash text not null unique,
	stream_id text not null,
	action text not null check (action in ('publish', 'watch')),
	expires_at timestamptz not null,
	created_by text not null,
	created_at timestamptz not null default now(),
	last_used_at timestamptz
);
