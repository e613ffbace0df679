create table command.person (
	id uuid primary key,
	name text not null unique,
	display_name text not null,
	role text not null,
	agency text,
	unit_id text,
	password_hash text not null,
	disabled boolean not null default false,
	created_at timestamptz not null default now()
);

-- Only the SHA-256 of a token is kept: who reads this table cannot log in with it.
create table command.session (
	id uuid primary key,
	token_hash text not null unique,
	person_id uuid not null references command.person (id) on delete cascade,
	address text not null,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null
);
create index session_by_person on command.session (person_id);
create index session_by_expiry on command.session (expires_at);

-- One row at most: a newer setup link replaces the one before.
create table command.setup (
	id boolean primary key default true check (id),
	token_hash text not null,
	created_at timestamptz not null default now()
);

create table command.login_attempt (
	name text primary key,
	failures integer not null,
	since timestamptz not null,
	locked_until timestamptz
);

create table command.audit (
	id uuid primary key,
	at timestamptz not null,
	kind text not null,
	person_id text,
	person_name text,
	action text not null,
	target text,
	status integer not null,
	address text not null
);
create index audit_newest on command.audit (id desc);
-- Append-only for the application, too: what was written stays.
create rule audit_keeps_updates_out as on update to command.audit do instead nothing;
create rule audit_keeps_deletes_out as on delete to command.audit do instead nothing;

create table command.unit (
	id text primary key,
	name jsonb not null,
	agency text not null,
	kind text not null,
	demo boolean not null,
	status text not null default 'available',
	status_at timestamptz,
	position jsonb
);

create table command.unit_track (
	unit_id text not null references command.unit (id) on delete cascade,
	time timestamptz not null,
	position jsonb not null,
	primary key (unit_id, time)
);
create index unit_track_by_time on command.unit_track (time);

create table command.wall (
	id text primary key,
	content jsonb not null,
	updated_at timestamptz not null default now()
);
