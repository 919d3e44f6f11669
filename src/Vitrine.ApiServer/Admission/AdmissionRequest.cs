using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Admission;

/// <summary>All that filling in and admitting one object may look at: no connection and no disk, so that objects of files pass the very same way.</summary>
/// <param name="Kind">of the object</param>
/// <param name="Namespace">it is written to; "" for cluster-scoped kinds</param>
/// <param name="Kinds">that are served</param>
/// <param name="Tree">the current objects of a kind that is served</param>
internal sealed record AdmissionRequest(Kind Kind, string Namespace, IReadOnlyList<Kind> Kinds, Func<Kind, KindTree> Tree)
{
    /// <summary>Who writes; null where nobody was asked.</summary>
    public ClientUser? User { get; init; }

    /// <summary>What the writer may do besides this; null where nobody was asked.</summary>
    public Authorizer? Access { get; init; }

    /// <summary>What Services are given addresses and ports from.</summary>
    public ServiceRanges Services { get; init; } = new();

    /// <summary>How long a pod tolerates a node that is not ready or unreachable, unless it says so itself.</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;

    /// <summary>When it is written.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Hears what the client should know though the object is taken.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Hears what the audit log is to say of the request: annotation and value.</summary>
    public Action<string, string> Note { get; init; } = static (_, _) => { };

    public Chance Chance { get; init; } = Chance.Any;

    /// <summary>The objects of a kind that may not be served; null then.</summary>
    public KindTree? TreeOf(string group, string plural)
    {
        foreach (var kind in Kinds)
        {
            if (kind.Plural == plural && kind.Group == group)
            {
                return Tree(kind);
            }
        }
        return null;
    }
}
