using System.Net;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Addresses of one family from the first to the last, both included.</summary>
public readonly record struct AddressInterval(IPAddress First, IPAddress Last)
{
    public bool Contains(IPAddress address) => address.AddressFamily == First.AddressFamily
        && Subnets.Number(address) is var number && number >= Subnets.Number(First) && number <= Subnets.Number(Last);

    public override string ToString() => First.Equals(Last) ? $"{First}" : $"{First}-{Last}";
}
