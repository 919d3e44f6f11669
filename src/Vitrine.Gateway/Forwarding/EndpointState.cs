using System.Globalization;
using System.Net;
using System.Text;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>What the proxy knows of one pod behind an upstream: how many requests are with it, and whether it lately refused a connection.</summary>
internal sealed class EndpointState
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    /// <summary>So many failed health checks in a row make it unwell.</summary>
    private const int Unwell = 3;

    private int outstanding;
    private int refusals;
    private int failedChecks;
    private long restsUntil;
    private long nextProbe;

    public EndpointState(UpstreamEndpoint endpoint)
    {
        Address = new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port);
        Prefix = $"http://{Address}";
        SecurePrefix = $"https://{Address}";
        Id = Convert.ToHexStringLower(Hash($"{Address}"));
    }

    public IPEndPoint Address { get; }

    /// <summary>Of URLs at it, without a slash at the end.</summary>
    public string Prefix { get; }

    /// <summary>Where HttpClient is to open TLS.</summary>
    public string SecurePrefix { get; }

    /// <summary>The same at every proxy and after each restart; says nothing about the address to who sees it in a cookie.</summary>
    public string Id { get; }

    public int Outstanding => Volatile.Read(ref outstanding);

    public void Begin() => Interlocked.Increment(ref outstanding);

    /// <summary>False where it has as many requests as it may have.</summary>
    /// <param name="most">0 for no limit</param>
    public bool TryBegin(int most)
    {
        if (Interlocked.Increment(ref outstanding) <= most || most == 0)
            return true;
        Interlocked.Decrement(ref outstanding);
        return false;
    }

    public void End() => Interlocked.Decrement(ref outstanding);

    /// <summary>False while it rests or is unwell.</summary>
    public bool IsUp(long now) => now >= Volatile.Read(ref restsUntil) && Volatile.Read(ref failedChecks) < Unwell;

    /// <summary>It took no connection: it rests, each time in a row for twice as long.</summary>
    public void Refused(TimeProvider time)
    {
        var rest = FirstRest * Math.Pow(2, Math.Min(10, Interlocked.Increment(ref refusals) - 1));
        RestFor(rest < LongestRest ? rest : LongestRest, time);
    }

    /// <summary>Whether it is to be asked how it is: always where there is a health check, otherwise only while it rests.</summary>
    public bool IsDue(long now, bool check) => (check || Volatile.Read(ref refusals) != 0) && now >= Volatile.Read(ref nextProbe);

    /// <summary>It is being asked; not again before so long.</summary>
    public void Probing(TimeSpan pause, TimeProvider time) => Volatile.Write(ref nextProbe, After(pause, time));

    /// <summary>What a health check said.</summary>
    public void Checked(bool well) => Volatile.Write(ref failedChecks, well ? 0 : Math.Min(Unwell, failedChecks + 1));

    /// <summary>It takes connections: its rest is over.</summary>
    public void Reached()
    {
        Volatile.Write(ref refusals, 0);
        Volatile.Write(ref restsUntil, 0);
    }

    /// <summary>A probe found that it still takes none.</summary>
    public void StillAway(TimeSpan rest, TimeProvider time) => RestFor(rest, time);

    public void Answered()
    {
        if (Volatile.Read(ref refusals) != 0)
            Volatile.Write(ref refusals, 0);
    }

    /// <summary>How much a value belongs here rather than at another endpoint (rendezvous hashing): few values move when endpoints come and go.</summary>
    public ulong Claim(string value) => BitConverter.ToUInt64(Hash(string.Create(CultureInfo.InvariantCulture, $"{Id}|{value}")));

    private void RestFor(TimeSpan rest, TimeProvider time) => Volatile.Write(ref restsUntil, Math.Max(Volatile.Read(ref restsUntil), After(rest, time)));

    private static long After(TimeSpan pause, TimeProvider time) => time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);

    private static byte[] Hash(string text) => System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8];
}
