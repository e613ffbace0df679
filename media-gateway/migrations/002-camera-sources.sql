-- sub_url_sealed is sealed as url_sealed is; sub_address is what may be shown of it.
alter table media.camera
	add column sub_address text,
	add column sub_url_sealed text,
	add column transport text not null default 'auto',
	add column certificate text,
	add column speaker boolean not null default false;
