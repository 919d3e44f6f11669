namespace Vitrine.Model.Plans.Dns;

/// <summary>How a question ends; numbers of the IANA DNS parameters.</summary>
public enum DnsRcode
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NXDomain = 3,
    NotImp = 4,
    Refused = 5,
    BadVers = 16,
}
