/**
 * Water, by HJ 525's codes as HJ 212-2017 (annex B) takes them over, and the codes of HJ/T 212-2005 beside them.
 * `code of 2017|code of 2005|property|Chinese|English|unit|unit of a total`. Metals are stated in ug/L or ng/L by the table of 2017; in
 * frames of 2005 and on surface water (system 21) they are mg/L.
 */
export const waterFactors = `
w00000|B01|flow|污水流量|flow|L/s|m3
w00001|B00|accumulatedFlow|累计流量|accumulated flow|m3|
w01001|001|ph|pH 值|pH|[pH]|
w01002|002|colour|色度|colour|{CU}|
w01003||turbidity|浊度|turbidity|{NTU}|
w01006||dissolvedSolids|溶解性总固体|total dissolved solids|mg/L|kg
w01009||dissolvedOxygen|溶解氧|dissolved oxygen|mg/L|
w01010||waterTemperature|水温|water temperature|Cel|
w01012|003|suspendedSolids|悬浮物|suspended solids|mg/L|kg
w01014||conductivity|电导率|conductivity|uS/cm|
w01016||chlorophyllA|叶绿素 a|chlorophyll a|mg/L|
w01017|010|bod5|五日生化需氧量|BOD5|mg/L|kg
w01018|011|cod|化学需氧量|COD|mg/L|kg
w01019||permanganateIndex|高锰酸盐指数|permanganate index|mg/L|kg
w01020|015|toc|总有机碳|total organic carbon|mg/L|kg
w02003|550|faecalColiforms|粪大肠菌群|faecal coliforms|{#}/L|
w02006||bacteria|细菌总数|total bacteria|{#}/L|
w03001|570|grossAlpha|总 α 放射性|gross alpha radioactivity|Bq/L|
w03002|571|grossBeta|总 β 放射性|gross beta radioactivity|Bq/L|
w19001||surfactants|表面活性剂|surfactants|mg/L|kg
w19002|520|anionicSurfactants|阴离子表面活性剂|anionic surfactants|mg/L|kg
w19011||algaeDensity|藻密度|algae density|{cells}/L|
w20012|039|barium|钡|barium|mg/L|kg
w20023|037|boron|硼|boron|mg/L|kg
w20038|040|cobalt|钴|cobalt|mg/L|kg
w20061|038|molybdenum|钼|molybdenum|mg/L|kg
w20089|041|thallium|铊|thallium|ng/L|mg
w20092|036|tin|锡|tin|mg/L|kg
w20111|020|totalMercury|总汞|total mercury|ug/L|g
w20113|021|alkylMercury|烷基汞|alkyl mercury|ng/L|mg
w20115|022|totalCadmium|总镉|total cadmium|ug/L|g
w20116|023|totalChromium|总铬|total chromium|mg/L|kg
w20117|024|hexavalentChromium|六价铬|hexavalent chromium|ug/L|g
|025|trivalentChromium|三价铬|trivalent chromium|mg/L|kg
w20119|026|totalArsenic|总砷|total arsenic|ug/L|g
w20120|027|totalLead|总铅|total lead|ug/L|g
w20121|028|totalNickel|总镍|total nickel|mg/L|kg
w20122|029|totalCopper|总铜|total copper|mg/L|kg
w20123|030|totalZinc|总锌|total zinc|mg/L|kg
w20124|031|totalManganese|总锰|total manganese|mg/L|kg
w20125|032|totalIron|总铁|total iron|mg/L|kg
w20126|033|totalSilver|总银|total silver|mg/L|kg
w20127|034|totalBeryllium|总铍|total beryllium|ug/L|g
w20128|035|totalSelenium|总硒|total selenium|ug/L|g
w20138||copper|铜|copper|mg/L|kg
w20139||zinc|锌|zinc|mg/L|kg
w20140||selenium|硒|selenium|mg/L|kg
w20141||arsenic|砷|arsenic|mg/L|kg
w20142||mercury|汞|mercury|ug/L|g
w20143||cadmium|镉|cadmium|ug/L|g
w20144||lead|铅|lead|mg/L|kg
w21001|065|totalNitrogen|总氮|total nitrogen|mg/L|kg
w21003|060|ammoniaNitrogen|氨氮|ammonia nitrogen|mg/L|kg
w21004|062|kjeldahlNitrogen|凯氏氮|Kjeldahl nitrogen|mg/L|kg
w21006|063|nitrite|亚硝酸盐|nitrite|mg/L|kg
w21007|064|nitrate|硝酸盐|nitrate|mg/L|kg
w21011|101|totalPhosphorus|总磷|total phosphorus|mg/L|kg
w21016|070|cyanide|氰化物|cyanide|mg/L|kg
w21017|072|fluoride|氟化物|fluoride|mg/L|kg
w21019|071|sulfide|硫化物|sulfide|mg/L|kg
w21022|090|chloride|氯化物|chloride|mg/L|kg
w21038||sulfate|硫酸盐|sulfate|mg/L|kg
w22001|080|petroleum|石油类|petroleum|mg/L|kg
w23002|110|volatilePhenol|挥发酚|volatile phenol|mg/L|kg
w25043|540|waterBenzoAPyrene|苯并[a]芘|benzo[a]pyrene|ug/L|g
w33001|350|hch|六六六|HCH|ng/L|mg
w33007|351|ddt|滴滴涕|DDT|ng/L|mg
w99001|061|organicNitrogen|有机氮|organic nitrogen|mg/L|kg
`;
