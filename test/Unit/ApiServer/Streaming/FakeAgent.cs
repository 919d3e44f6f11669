using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Unit.ApiServer.Streaming;

/// <summary>A node agent's TLS port that reads one request head per connection and lets a script answer it byte by byte.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _serving;
    private readonly Func<string, SslStream, Task> _answer;
    private readonly Task _accepting;

    public FakeAgent(IPAddress address, X509Certificate2 serving, Func<string, SslStream, Task> answer)
    {
        _listener = new TcpListener(address, 0);
        _serving = serving;
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Heads { get; } = [];

    public string? ClientSubject { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await ServeAsync(client);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException || !_listener.Server.IsBound)
            {
                return;
            }
            catch (Exception left) when (left is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The server hung up, which some tests are about.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await using SslStream tls = new(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _serving, ClientCertificateRequired = true, RemoteCertificateValidationCallback = static (_, _, _, _) => true });
        ClientSubject = tls.RemoteCertificate?.Subject;
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await tls.ReadAsync(one) == 1)
        {
            head.Append((char)one[0]);
        }

        if (head.Length == 0)
        {
            // TLS 1.3 lets a server finish its handshake before the client has refused the certificate.
            return;
        }

        Heads.Add(head.ToString());
        await _answer(head.ToString(), tls);
    }
}
