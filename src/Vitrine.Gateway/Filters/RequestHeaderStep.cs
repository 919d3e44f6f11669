using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

internal sealed class RequestHeaderStep(HeaderFilter filter) : FilterStep
{
    public override void Outgoing(Exchange exchange, HttpRequestMessage request)
    {
        foreach (var name in filter.Remove)
            OutgoingHeaders.Remove(request, name);
        foreach (var header in filter.Set)
            OutgoingHeaders.Set(request, header.Name, header.Value);
        foreach (var header in filter.Add)
            OutgoingHeaders.Add(request, header.Name, header.Value);
    }
}
