my %count;
$count{$_}++ for qw(a b c);
print join(",", sort keys %count), "\n";
