<?php
$database = new PDO('sqlite::memory:');
$count = $database->query('select 1')->fetchColumn();
echo (new NumberFormatter('de_DE', NumberFormatter::DECIMAL))->format($count), "\n";
