use strict;
use warnings;
use Shop::Item;
use YAML::XS;
use AnyEvent;

my $done = AnyEvent->condvar;
my $timer = AnyEvent->timer(after => 0.1, cb => sub { $done->send });
$done->recv;
print YAML::XS::Dump({name => Shop::Item->new(name => 'a')->name, year => Shop::Item->new(name => 'b')->year});
