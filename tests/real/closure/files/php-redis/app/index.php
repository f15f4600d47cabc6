<?php
header('Content-Type: application/json');
echo json_encode(['redis' => class_exists('Redis'), 'mysqli' => function_exists('mysqli_connect')]);
