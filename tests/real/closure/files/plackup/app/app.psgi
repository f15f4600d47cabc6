use strict;
use warnings;
use DBI;
use Plack::Builder;

my $db = DBI->connect('dbi:SQLite:dbname=:memory:');
builder {
    enable 'ContentLength';
    sub { [200, ['Content-Type' => 'text/plain'], [$db->selectrow_array('select 1')]] };
};
