using System.Net;

namespace Vitrine.Model.Explain;

/// <summary>A station has sent a packet on to another destination, and remembers it: answers bear the address that was asked again once they have passed it.</summary>
internal interface IRewrite
{
    string Station { get; }

    /// <summary>The address that was asked.</summary>
    IPAddress Asked { get; }

    /// <summary>Where it was sent instead.</summary>
    IPAddress To { get; }

    /// <summary>The object it was done for, as kubectl names it.</summary>
    string Object { get; }
}
