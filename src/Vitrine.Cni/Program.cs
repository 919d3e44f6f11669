namespace Vitrine.Cni;

internal static class Program
{
    private static int Main() { Console.WriteLine("hi"); return 0; }
}
