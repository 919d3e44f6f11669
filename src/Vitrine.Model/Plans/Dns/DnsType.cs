namespace Vitrine.Model.Plans.Dns;

/// <summary>Types of the records a cluster's zone holds; numbers of the IANA DNS parameters.</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
}
