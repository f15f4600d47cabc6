#!/usr/bin/env perl
use strict;
use warnings;
use DBI;

my $db = DBI->connect('dbi:SQLite:dbname=:memory:', '', '', {RaiseError => 1});
die unless $db->selectrow_array('select 40 + 2') == 42;
