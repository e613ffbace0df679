create table alerts.rule (
	id text primary key,
	version integer not null,
	content jsonb not null,
	updated_at timestamptz not null
);

-- Every version that was ever in force, so that an alert's rule can be read as it was.
create table alerts.rule_history (
	rule_id text not null,
	version integer not null,
	content jsonb not null,
	replaced_at timestamptz not null,
	primary key (rule_id, version)
);

create table alerts.alert (
	id uuid primary key,
	rule_id text not null,
	datastream_id text not null,
	agency text not null,
	state text not null check (state in ('active', 'cleared')),
	acknowledged boolean not null,
	severity text not null,
	revision integer not null,
	announced_revision integer not null default 0,
	content jsonb not null
);
create unique index alert_one_active on alerts.alert (rule_id, datastream_id) where state = 'active';
create index alert_unacknowledged on alerts.alert (id desc) where not acknowledged;
create index alert_unannounced on alerts.alert (id) where announced_revision < revision;

create table alerts.alert_change (
	id uuid primary key,
	alert_id uuid not null references alerts.alert (id),
	at timestamptz not null,
	change text not null,
	by_name text,
	severity text not null,
	value double precision,
	reason text not null
);
create index alert_change_by_alert on alerts.alert_change (alert_id, id);

create table alerts.rule_state (
	rule_id text not null,
	datastream_id text not null,
	content jsonb not null,
	primary key (rule_id, datastream_id)
);

-- The last observation that was evaluated; written together with what came of it.
create table alerts.progress (
	id boolean primary key default true check (id),
	seq bigint not null
);
insert into alerts.progress (seq) values (0);
