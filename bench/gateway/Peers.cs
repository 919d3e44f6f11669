using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Bench.Gateway;

/// <summary>Debian's servers, configured as a tuner would: one worker, connections to the backend kept, no logs.</summary>
internal sealed class Peers(string folder)
{
    /// <summary>Of <see cref="Echo"/>.</summary>
    public const int EchoPort = 9001;

    /// <summary>So much above a proxy's plain port.</summary>
    public const int SecurePort = 100;

    /// <summary>The backend: nginx that answers a hundred bytes from memory.</summary>
    public Process Backend(int port)
    {
        File.WriteAllText($"{folder}/backend.conf", $$"""
            worker_processes 1; daemon off; pid {{folder}}/backend.pid; error_log /dev/null;
            events { worker_connections 4096; }
            http { access_log off; keepalive_requests 100000000; server { listen {{port}}; location / { return 200 "{{new string('x', 100)}}"; } } }
            """);
        return Start(1, port, "nginx", "-c", $"{folder}/backend.conf", "-p", folder);
    }

    public Contender Nginx(int port, int backend)
    {
        WriteNginx(port, backend, 0);
        return new Contender("nginx", port, Start(0, port, "nginx", "-c", $"{folder}/nginx.conf", "-p", folder));
    }

    /// <summary>The i-th change of <see cref="Changing"/>, as an ingress controller makes it: another file, and the master is told to read it.</summary>
    public void ChangeNginx(Contender nginx, int backend, int change)
    {
        WriteNginx(nginx.Port, backend, change);
        nginx.Signal("HUP");
    }

    private void WriteNginx(int port, int backend, int change)
    {
        var (chain, key) = Changing.Certificates[change / 3 % 2];
        File.WriteAllText($"{folder}/shop.pem", chain);
        File.WriteAllText($"{folder}/shop.key", key);
        var backends = change % 3 == 1 ? $"server 127.0.0.1:{backend}; server 127.0.0.2:{backend};" : $"server 127.0.0.1:{backend};";
        File.WriteAllText($"{folder}/nginx.conf", $$"""
            worker_processes 1; daemon off; pid {{folder}}/nginx.pid; error_log /dev/null;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 100000000;
              upstream shop { {{backends}} keepalive 128; keepalive_requests 100000000; }
              proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Real-IP $remote_addr;
              server {
                listen 127.0.0.1:{{port}}; listen 127.0.0.1:{{port + SecurePort}} ssl; server_name shop.example;
                ssl_certificate {{folder}}/shop.pem; ssl_certificate_key {{folder}}/shop.key;
                location / { proxy_pass http://shop; }
                location /change-{{change}} { return 404; }
              }
              server {
                listen 127.0.0.1:{{port}}; server_name echo.example;
                location / { proxy_pass http://127.0.0.1:{{EchoPort}}; proxy_set_header Connection upgrade; proxy_set_header Upgrade $http_upgrade; proxy_read_timeout 1h; }
              }
            }
            """);
    }

    public Contender Haproxy(int port, int backend)
    {
        File.WriteAllText($"{folder}/haproxy.cfg", $$"""
            global
              nbthread 1
              maxconn 4096
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              http-reuse always
              option forwardfor
            frontend shop
              bind 127.0.0.1:{{port}}
              http-request set-header X-Forwarded-Proto http
              http-request set-header X-Forwarded-Host %[req.hdr(host)]
              acl shop hdr(host) -i shop.example
              use_backend shop if shop
            backend shop
              server shop 127.0.0.1:{{backend}}

            """);
        return new Contender("haproxy", port, Start(0, port, "haproxy", "-db", "-q", "-f", $"{folder}/haproxy.cfg"));
    }

    /// <summary>Runs a program on one CPU and waits until it listens.</summary>
    public static Process Start(int cpu, int port, params string[] command)
    {
        var process = Process.Start(new ProcessStartInfo("taskset", ["-c", $"{Math.Min(cpu, Environment.ProcessorCount - 1)}", .. command]))!;
        for (var i = 0; port > 0 && i < 2000; i++)
        {
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(IPAddress.Loopback, port);
                return process;
            }
            catch (SocketException)
            {
                Thread.Sleep(5);
            }
        }
        return port == 0 ? process : throw new InvalidOperationException($"{command[0]} does not listen at {port}");
    }
}
