using System.Net.Sockets;

namespace Vitrine.Explaining;

/// <summary>A question as it was put.</summary>
/// <param name="Source">who sends</param>
/// <param name="Destination">to whom</param>
/// <param name="Web">what of a request is not in its URL</param>
/// <param name="Namespace">of names without one</param>
/// <param name="Family">null for the primary addresses</param>
/// <param name="Size">bytes; 0 where nobody asks</param>
internal sealed record AskedQuestion(string Source, PlaceText Destination, WebQuestion Web, string Namespace, AddressFamily? Family = null, int Size = 0);
