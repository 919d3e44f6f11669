using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

internal sealed class RequestHeaderStep(HeaderFilter filter) : FilterStep
{
    public override void Outgoing(Exchange exchange, OutgoingRequest request)
    {
        foreach (var name in filter.Remove)
            request.Remove(name);
        foreach (var header in filter.Set)
            request.Set(header.Name, header.Value);
        foreach (var header in filter.Add)
            request.Add(header.Name, header.Value);
    }
}
