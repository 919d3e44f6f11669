<?php
// ?cmd=set&key=K&value=V writes to the leader, ?cmd=get&key=K reads from a follower; answers in JSON.
require 'Predis/autoload.php';

header('Content-Type: application/json');

function host(string $name, string $variable): string
{
    return getenv('GET_HOSTS_FROM') === 'env' ? (getenv($variable) ?: $name) : $name;
}

function connect(string $host): Predis\Client
{
    return new Predis\Client(['scheme' => 'tcp', 'host' => $host, 'port' => 6379, 'timeout' => 2, 'read_write_timeout' => 2]);
}

$key = $_GET['key'] ?? 'messages';
try {
    if (($_GET['cmd'] ?? '') === 'set') {
        $host = host('redis-leader', 'REDIS_LEADER_SERVICE_HOST');
        connect($host)->set($key, $_GET['value'] ?? '');
        echo json_encode(['message' => 'Updated']);
    } else {
        $host = host('redis-follower', 'REDIS_FOLLOWER_SERVICE_HOST');
        echo json_encode(['data' => connect($host)->get($key) ?? '']);
    }
} catch (Exception $e) {
    http_response_code(503);
    echo json_encode(['error' => "redis at $host: " . $e->getMessage()]);
}
