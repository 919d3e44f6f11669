namespace Vitrine.ApiServer.Queues;

/// <summary>A place among the requests that are served now.</summary>
/// <param name="Level">Whose request has it.</param>
/// <param name="Home">Whose seat it is: another level's, where it is borrowed.</param>
internal readonly record struct Seat(PriorityLevel Level, PriorityLevel Home, string Flow);
