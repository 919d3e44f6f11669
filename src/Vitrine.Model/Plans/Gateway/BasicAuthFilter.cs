using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>User and password (RFC 7617) against the lines of an htpasswd file; without them 401.</summary>
/// <param name="Realm">shown by browsers</param>
/// <param name="Users">name to hash: bcrypt, {SHA} or apr1</param>
public sealed record BasicAuthFilter(string Realm, ImmutableDictionary<string, string> Users) : RouteFilter;
