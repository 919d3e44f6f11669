using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Kernel.Gateway;

/// <summary>A server of Debian's as a backend on loopback: it answers every path with that path, and tells each request line it read.</summary>
internal sealed class DebianServer : IDisposable
{
    private const string Python = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200); self.send_header("X-Uri", self.path); self.send_header("Content-Length", "0"); self.end_headers()
            do_GET = do_POST = do_HEAD = answer
            def log_message(self, *line): print(self.requestline, flush=True)
        http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vitrine-server-");
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;

    public DebianServer(string name, int port)
    {
        Port = port;
        process = Process.Start(Command(name))!;
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                Thread.Sleep(10);
            }
        }
        throw new InvalidOperationException($"{name} does not listen");
    }

    public int Port { get; }

    /// <summary>Request lines, as the server's own log has them.</summary>
    public IReadOnlyList<string> Read => [.. lines, .. File.Exists(Log) ? File.ReadAllLines(Log) : []];

    private string Log => $"{folder.FullName}/access.log";

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private ProcessStartInfo Command(string name)
    {
        var config = $"{folder.FullName}/server.conf";
        File.WriteAllText(config, name switch
        {
            "nginx" => $$"""
                worker_processes 1; daemon off; pid {{folder.FullName}}/pid; error_log {{folder.FullName}}/error.log; user root;
                events { worker_connections 512; }
                http { log_format line '$request'; access_log {{Log}} line; client_body_temp_path {{folder.FullName}}/body;
                  server { listen 127.0.0.1:{{Port}}; location / { add_header X-Uri $request_uri always; return 200; } } }
                """,
            "haproxy" => $$"""
                global
                  log stdout format raw local0
                defaults
                  mode http
                  timeout client 10s
                  timeout http-request 10s
                frontend all
                  bind 127.0.0.1:{{Port}}
                  log global
                  log-format "%r"
                  http-request return status 200 hdr X-Uri "%[pathq]"

                """,
            "apache2" => $$"""
                ServerRoot {{folder.FullName}}
                PidFile {{folder.FullName}}/pid
                ServerName a
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
                Listen 127.0.0.1:{{Port}}
                ErrorLog {{folder.FullName}}/error.log
                LogFormat "%r" line
                CustomLog {{Log}} line
                Header always set X-Uri "expr=%{REQUEST_URI}"
                DocumentRoot {{folder.FullName}}

                """,
            _ => Python,
        });
        string[] command = name switch
        {
            "nginx" => ["nginx", "-c", config, "-p", folder.FullName],
            "haproxy" => ["haproxy", "-db", "-f", config],
            "apache2" => ["apache2", "-f", config, "-DFOREGROUND"],
            _ => ["python3", config, $"{Port}"],
        };
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
    }
}
