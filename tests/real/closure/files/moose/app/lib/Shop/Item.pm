package Shop::Item;
use Moose;
use DateTime;

has name => (is => 'ro', isa => 'Str', required => 1);
has year => (is => 'ro', default => sub { DateTime->now->year });

__PACKAGE__->meta->make_immutable;
1;
