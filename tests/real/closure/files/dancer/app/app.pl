use Dancer2;

set host => '127.0.0.1';
get '/' => sub { 'hello' };
start;
