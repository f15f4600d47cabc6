use strict;
use warnings;
use JSON::XS;
use Template;
use XML::LibXML;

my $page = '';
Template->new->process(\'[% name %]', {name => decode_json('{"name":"x"}')->{name}}, \$page) or die;
die unless $page eq 'x';
XML::LibXML->load_xml(string => '<a/>');
