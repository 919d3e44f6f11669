using System.Text.Json.Serialization;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Something done to a request or its answer on the way.</summary>
[JsonDerivedType(typeof(HeaderFilter), "headers")]
[JsonDerivedType(typeof(RedirectFilter), "redirect")]
[JsonDerivedType(typeof(RewriteFilter), "rewrite")]
[JsonDerivedType(typeof(MirrorFilter), "mirror")]
[JsonDerivedType(typeof(CorsFilter), "cors")]
[JsonDerivedType(typeof(AllowListFilter), "allow")]
[JsonDerivedType(typeof(BasicAuthFilter), "basicAuth")]
[JsonDerivedType(typeof(BodySizeFilter), "bodySize")]
public abstract record RouteFilter;
