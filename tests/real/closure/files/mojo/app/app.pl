use Mojolicious::Lite -signatures;

get '/' => sub ($c) { $c->render(json => {ok => 1}) };
app->start;
