use strict;
use CGI ();
my $query = CGI->new;
print $query->header("text/plain"), "hello";
