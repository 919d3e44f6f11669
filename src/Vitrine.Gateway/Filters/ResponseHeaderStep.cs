using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

internal sealed class ResponseHeaderStep(HeaderFilter filter) : FilterStep
{
    public override void Answered(Exchange exchange, HttpResponse response)
    {
        foreach (var name in filter.Remove)
            response.Headers.Remove(name);
        foreach (var header in filter.Set)
            response.Headers[header.Name] = header.Value;
        foreach (var header in filter.Add)
            response.Headers.Append(header.Name, header.Value);
    }
}
