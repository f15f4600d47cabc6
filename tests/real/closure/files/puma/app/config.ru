require "json"
run ->(_env) { [200, { "content-type" => "application/json" }, [JSON.generate(["hello"])]] }
